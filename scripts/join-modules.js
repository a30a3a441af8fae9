// After tsc: puts modules that one other module alone imports into that one, each in a function of its own, so that
// start-up opens half as many files. The sources stay a file a rule, a file a handler. `node scripts/join-modules.js`
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist')
const NAMED = /^import \{([^}]*)\} from '([^']*)';?\n/gm
const ANY = /(?:from |import |import\()'(\.[^']*)'/g
const MARK = '// joined\n'
/** Comments and imports at the beginning: what looks like an import further down may be text. */
const HEAD = /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?:import|export)\s(?:[^;'"]*?\bfrom\s*)?['"][^'"]*['"];?)*/

const text = new Map()
for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.js') || name.startsWith('page')) continue
  text.set(join(dist, name), readFileSync(join(dist, name), 'utf8'))
}
const head = (code) => HEAD.exec(code)[0].length
/** Replaces imports at the beginning. */
const replaced = (code, replace) => code.slice(0, head(code)).replace(NAMED, replace) + code.slice(head(code))
/** By this script, at this build or, where the source is gone or built elsewhere since, at an earlier one. */
const isJoined = (code) => code.startsWith(MARK)
const target = (file, specifier) => (specifier.startsWith('.') ? join(dirname(file), specifier) : specifier)
const imports = new Map(
  [...text].map(([file, code]) => [file, [...code.matchAll(ANY)].map(([, to]) => target(file, to))]),
)
const importers = new Map()
for (const all of imports.values()) for (const to of all) importers.set(to, (importers.get(to) ?? 0) + 1)

/** Whether loading `file` loads `wanted`, which could then not use it at once. */
function leadsTo(file, wanted, seen) {
  if (file === wanted) return true
  if (seen.has(file)) return false
  seen.add(file)
  return (imports.get(file) ?? []).some((to) => leadsTo(to, wanted, seen))
}

/** A module that is put into `root`, as a declaration of what is taken of it; null where it can't be one. */
function declared(file, taken, root, alias) {
  const code = text.get(file)
  if (code === undefined || isJoined(code) || importers.get(file) !== 1 || / as /.test(taken)) return null
  const seen = new Set()
  if (imports.get(file).some((to) => leadsTo(to, root, seen))) return null
  const plain = code.replace(/^export (?=const |function |class |async function )/gm, '')
  const without = replaced(plain, '')
  if (/^(?:import|export)\b/m.test(without) || !isBody(without)) return null
  const body = replaced(plain, (_line, names, specifier) => {
    const to = target(file, specifier)
    return declared(to, names, root, alias) ?? `const {${names.replace(/(\w+) as (\w+)/g, '$1: $2')}} = ${alias(to)};\n`
  })
  return `const {${taken}} = (() => {\n${body}return {${taken}};\n})();\n`
}

/** Not of modules that await, or ask where they are. */
function isBody(code) {
  try {
    new Function(code)
    return true
  } catch {
    return false
  }
}

/** A module with what is put into it. */
function joined(root, code) {
  const outside = new Map()
  const alias = (file) => {
    if (!outside.has(file)) outside.set(file, `$${outside.size}`)
    return outside.get(file)
  }
  const body = replaced(code, (line, names, to) => declared(target(root, to), names, root, alias) ?? line)
  const lines = [...outside].map(([file, name]) => `import * as ${name} from '${from(root, file)}';\n`)
  return lines.join('') + body
}

function from(root, file) {
  if (!text.has(file)) return file
  const to = relative(dirname(root), file).replaceAll('\\', '/')
  return to.startsWith('.') ? to : `./${to}`
}

for (const [file, code] of text) if (!isJoined(code)) writeFileSync(file, MARK + joined(file, code))
