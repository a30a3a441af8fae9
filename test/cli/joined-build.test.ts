/** The build joins modules (`scripts/join-modules.js`): what they do stays the same. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

let folder = ''
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Joins a `dist` of these files and returns what `main.js` of it prints. */
function built(files: { readonly [name: string]: string }): string {
  folder = mkdtempSync(join(tmpdir(), 'kafkascope-join-'))
  const all = { 'package.json': '{"type":"module"}', ...files }
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, 'dist', name)), { recursive: true })
    writeFileSync(join(folder, 'dist', name), text)
  }
  mkdirSync(join(folder, 'scripts'))
  copyFileSync('scripts/join-modules.js', join(folder, 'scripts/join-modules.mjs'))
  const node = (path: string) => spawnSync(process.execPath, [join(folder, path)], { encoding: 'utf8' })
  expect(node('scripts/join-modules.mjs').stderr).toBe('')
  const first = node('dist/main.js')
  expect(first.stderr).toBe('')
  node('scripts/join-modules.mjs')
  expect(node('dist/main.js').stdout).toBe(first.stdout)
  return first.stdout
}

const joined = (name: string): string => readFileSync(join(folder, 'dist', name), 'utf8')

const MAIN = "import { a } from './deep/a.js';\nconsole.log(a());\n"
const A = "import { b as c } from './b.js';\nexport const a = () => 'a' + c;\n"

test('a module that one other imports is in that one', () => {
  expect(built({ 'main.js': MAIN, 'deep/a.js': A, 'deep/b.js': 'export const b = 1;\n' })).toBe('a1\n')
  expect(joined('main.js')).not.toContain('./deep/a.js')
})

test('text that looks like an import stays as it is', () => {
  const text = "import { b } from './b.js';\n"
  const main = `/* It\nprints. */\nimport { a } from './a.js';\nconsole.log(a, \`\n${text}\`);\n`
  const files = { 'main.js': main, 'a.js': 'export const a = 1;\n', 'b.js': 'export const b = 2;\n' }
  expect(built(files)).toBe(`1 \n${text}\n`)
  expect(joined('main.js')).not.toContain('./a.js')
})

test('what an earlier build left does not keep modules from being joined', () => {
  const gone = `// joined\nimport { old } from './older.js';\n`
  expect(built({ 'main.js': MAIN, 'deep/a.js': A, 'deep/b.js': 'export const b = 1;\n', 'gone.js': gone })).toBe('a1\n')
  expect(joined('main.js')).not.toContain('./deep/a.js')
  expect(joined('gone.js')).toBe(gone)
})
