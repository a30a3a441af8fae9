/** `kafkascope schema import`: jars in, `dissectors/messages/*.ts` out. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { mergeReleases, readSchema } from '../schema/import.ts'
import type { MessageTable } from '../schema/model.ts'
import { printTable } from '../schema/table.ts'
import { CliError } from './errors.ts'
import { fileText, problemText } from './problem.ts'

const MAX_JAR = 256 * 1024 * 1024

/**
 * Reads the message schemas of the jars and rewrites the tables in `folder`. The jars of the newest release come
 * first; those of an older one add the versions that the newer ones dropped. Returns a line for people.
 */
export function importJars(jars: readonly string[], folder: string): string {
  const tables = new Map<string, MessageTable>()
  for (const jar of jars) {
    for (const [file, text] of schemasIn(jar)) addSchema(tables, jar, file, text)
  }
  if (tables.size === 0) throw new CliError(`schema import: no message schemas in ${jars.map(fileText).join(', ')}`)
  const files = new Map<string, MessageTable[]>()
  for (const table of [...tables.values()].sort(byName)) {
    const name = table.name.replace(/(Request|Response)$/, '')
    const file = table.kind === 'request' || table.kind === 'response' ? name : table.name
    files.set(file, [...(files.get(file) ?? []), table])
  }
  try {
    writeTables(files, folder)
  } catch (error) {
    throw new CliError(`schema import: can't write to ${fileText(folder)}: ${problemText(error)}`)
  }
  return `${tables.size} messages in ${files.size} tables written to ${fileText(folder)}`
}

function writeTables(files: ReadonlyMap<string, readonly MessageTable[]>, folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const old of readdirSync(folder)) if (old.endsWith('.ts')) rmSync(join(folder, old))
  for (const [name, list] of files) writeFileSync(join(folder, `${name}.ts`), tableFile(list))
  writeFileSync(join(folder, 'index.ts'), indexFile([...files.keys()]))
}

const byName = (a: MessageTable, b: MessageTable): number => (a.name < b.name ? -1 : 1)

function schemasIn(jar: string): [string, string][] {
  let files: Record<string, Uint8Array>
  try {
    const bytes = readFileSync(jar)
    if (bytes.length > MAX_JAR) throw new Error(`larger than ${MAX_JAR} bytes`)
    files = unzipSync(bytes, {
      filter: (file) => /(^|\/)(message|metadata)\/\w+\.json$/.test(file.name) && file.originalSize < 1 << 20,
    })
  } catch (error) {
    throw new CliError(`schema import: can't read ${fileText(jar)}: ${problemText(error)}`)
  }
  return Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('utf8')])
}

function addSchema(tables: Map<string, MessageTable>, jar: string, file: string, text: string): void {
  try {
    const table = readSchema(text)
    if (!table) return
    const known = tables.get(table.name)
    tables.set(table.name, known ? mergeReleases(known, table) : table)
  } catch (error) {
    throw new CliError(`schema import: ${fileText(jar)}: ${fileText(file)}: ${problemText(error)}`)
  }
}

function tableFile(tables: readonly MessageTable[]): string {
  return `// Written by \`kafkascope schema import\`; see src/schema/table.ts for how to read it.\nexport default \`\n${tables.map(printTable).join('\n')}\`\n`
}

function indexFile(names: readonly string[]): string {
  const imports = names.map((name) => `import ${name} from './${name}.ts'`)
  return `// Written by \`kafkascope schema import\`: every table there is.\n${imports.join('\n')}\n\nexport const MESSAGE_TABLES: readonly string[] = [\n${names.map((name) => `  ${name},\n`).join('')}]\n`
}
