/**
 * The page's script: the modules that `tsc -p tsconfig.page.json` compiled as CommonJS, put into one text with a
 * `require` of a few lines. So the page runs the very filter of the command line, and no bundler is needed.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ENTRY = 'src/report/html/page/main.js'

/** Packages that a browser runs as they are, and what stands there for modules of Node. */
const PACKAGES: readonly string[] = ['re2js']
const OF_NODE: Readonly<Record<string, string>> = {
  'node:crypto':
    "exports.randomUUID = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16)).join('')",
}

/** Where the build puts the page's modules, seen from the built program and from its source. */
export function pageFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const folders = [join(here, '../../../page'), join(here, '../../../dist/page')]
  const found = folders.find((folder) => existsSync(join(folder, ENTRY)))
  if (found === undefined) throw new Error('the page of the report is not built: run "npm run build"')
  return found
}

/** The script as one text that can stand between script tags. Throws where the build lacks a module. */
export function pageScript(folder = pageFolder()): string {
  const modules = new Map<string, string>()
  const take = (name: string): void => {
    if (modules.has(name)) return
    modules.set(name, '')
    const text = textOf(name, folder)
    const local = text.replace(/\brequire\(["']([^"']+)["']\)/g, (_all, target: string) => {
      const other = target.startsWith('.') ? join(dirname(name), target).replaceAll('\\', '/') : target
      take(other)
      return `require(${JSON.stringify(other)})`
    })
    modules.set(name, local)
  }
  take(ENTRY)
  const entries = [...modules].map(
    ([name, text]) => `${JSON.stringify(name)}: function (module, exports, require) {\n${text}\n}`,
  )
  const script = `'use strict';
(() => {
const modules = {
${entries.join(',\n')}
};
const loaded = {};
const load = (name) => {
  if (!loaded[name]) {
    const module = (loaded[name] = { exports: {} });
    modules[name](module, module.exports, load);
  }
  return loaded[name].exports;
};
load(${JSON.stringify(ENTRY)});
})();
`
  // What would end the script element, or begin a comment in it, is written another way; it stands in strings only.
  return script.replace(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--')
}

function textOf(name: string, folder: string): string {
  const ofNode = OF_NODE[name]
  if (ofNode !== undefined) return ofNode
  const isPackage = PACKAGES.includes(name)
  if (!isPackage && !name.startsWith('src/')) throw new Error(`the page can't use ${name}`)
  const file = isPackage ? createRequire(import.meta.url).resolve(name) : join(folder, name)
  // Comments that cite addresses go: a page that asks nothing of any network should show so to a plain search.
  return readFileSync(file, 'utf8')
    .replace(/^\/\/# sourceMappingURL=.*$/m, '')
    .replace(/^\s*\*.*https?:\/\/.*$/gm, '*')
}
