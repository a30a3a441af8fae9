/** `kafkascope schema list|show|import`: the protocol tables. */
import { Command } from 'commander'
import { safe } from '../bytes/safe-text.ts'
import {
  apiKeyOf,
  apiName,
  messageByName,
  messageHeader,
  messageHeaders,
  messageTable,
  requestHeaderVersion,
  responseHeaderVersion,
} from '../codec/messages.ts'
import { knownVersions } from '../schema/concretise.ts'
import { drawModel } from '../schema/describe.ts'
import type { Field } from '../schema/model.ts'
import type { TableHeader } from '../schema/table.ts'
import { isNone, printVersions } from '../schema/versions.ts'
import { CliError } from './errors.ts'
import { processIo, writeLine } from './io.ts'
import { unknownName } from './messages.ts'
import type { VerifyOptions } from './schema-verify.ts'

export function schemaCommand(): Command {
  const schema = new Command('schema').description(
    'the protocol tables: what is known, one message drawn, new releases',
  )
  schema
    .command('list')
    .description('every API and data message with its versions')
    .option('--json', 'one JSON object per line')
    .action((options: { json?: boolean }) => print(options.json ? listJson() : listText()))
  schema
    .command('show <message> [version]')
    .description('the fields of a message in wire order; VERSION may be 5, or 5..6 to compare two')
    .option('--json', 'one JSON object per line: the message with its fields')
    .action((message: string, version: string | undefined, options: { json?: boolean }) =>
      print(options.json ? showJson(message, version) : showText(message, version)),
    )
  schema
    .command('import <jars...>')
    .description('rewrite the tables from kafka jars (newest release first)')
    .option('--into <folder>', 'where the tables are, from the current folder', 'dissectors/messages')
    .action(async (jars: string[], options: { into: string }) => {
      const { importJars } = await import('./schema-import.ts')
      await print([importJars(jars, options.into)])
    })
  verifyCommand(schema)
  return schema
}

function verifyCommand(schema: Command): void {
  schema
    .command('verify')
    .description("our codec against Kafka's own generated classes: every message version, in both directions")
    .option('--release <release...>', 'whose jars to look for, in this order (default: 4.4.0 3.9.2)')
    .option('--libs <folder...>', 'the libs folder of a Kafka installation')
    .option('--jar <file...>', 'single jars: kafka-clients, Jackson and those with other messages')
    .option('--maven <folder>', 'a Maven repository (default: the one in the home folder)')
    .option('--count <n>', 'vectors of every message version', wholeNumber('--count', 1, 1_000_000), 100)
    .option('--seed <n>', 'the same seed makes the same vectors', wholeNumber('--seed', 0, 2 ** 32 - 1), 1)
    .option('--names <file>', 'only messages named in this file, one a line: JoinGroupRequest')
    .option('--encoder <command>', 'judge another encoder: JSON lines to its stdin, a line of hex back for each')
    .option('--json', 'one JSON object per difference, and a summary')
    .action(async (options: VerifyOptions) => {
      const { verify } = await import('./schema-verify.ts')
      process.exitCode = await verify(options, processIo())
    })
}

const wholeNumber =
  (option: string, lowest: number, highest: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= lowest && value <= highest) return value
    throw new CliError(`schema verify: ${option} ${safe(text)}: want a whole number from ${lowest} to ${highest}`)
  }

const print = (lines: readonly string[]): Promise<void> => writeLine(processIo().stdout, lines.join('\n'))

/** What `schema list` prints: APIs by key, then data messages by name. */
export function listText(): string[] {
  const lines = ['key   api                                versions   flexible']
  const requests = messageHeaders('request').sort((a, b) => a.apiKey! - b.apiKey!)
  for (const header of requests) {
    const notes = [
      isNone(header.removed) ? '' : `${printVersions(header.removed)} until Kafka 3.9`,
      header.latestUnstable ? `${header.versions.high} unstable` : '',
    ]
    const name = header.name.replace(/Request$/, '')
    lines.push(row(String(header.apiKey), name, header, notes.filter(Boolean).join('; ')))
  }
  lines.push('', 'data messages')
  for (const header of [...messageHeaders('header'), ...messageHeaders('data')]) {
    const older = isNone(header.removed) ? '' : `${printVersions(header.removed)} until Kafka 3.9`
    lines.push(row(header.apiKey === null ? '' : String(header.apiKey), header.name, header, older))
  }
  const count = messageHeaders().reduce((sum, header) => sum + knownVersions(header).length, 0)
  lines.push('', `${messageHeaders().length} messages, ${count} message versions`)
  return lines
}

function row(key: string, name: string, header: TableHeader, note: string): string {
  const cells = [
    key.padStart(3),
    name.padEnd(42),
    versionsOf(header).padEnd(9),
    printVersions(header.flexible).padEnd(8),
  ]
  return `${cells.join('  ')}  ${note}`.trimEnd()
}

const versionsOf = (header: TableHeader): string => {
  const known = knownVersions(header)
  const gap = known.length !== known.at(-1)! - known[0]! + 1
  return gap ? known.join(',') : printVersions({ low: known[0]!, high: known.at(-1)! })
}

function listJson(): string[] {
  return messageHeaders().map((header) =>
    JSON.stringify({
      name: header.name,
      kind: header.kind,
      apiKey: header.apiKey,
      versions: knownVersions(header),
      flexible: printVersions(header.flexible),
      latestVersionUnstable: header.latestUnstable,
    }),
  )
}

/** What `schema show --json` prints: a line for each message and version. Throws as `showText`. */
export function showJson(name: string, range?: string): string[] {
  return messagesCalled(name).flatMap((message) => {
    const [from, to] = readRange(message, knownVersions(messageTable(message)!), range)
    const versions = range?.includes('..') ? [from!, to] : [to]
    return versions.map((version) => JSON.stringify(modelJson(message, version)))
  })
}

function modelJson(name: string, version: number): object {
  const { kind, apiKey, flexible, fields } = messageByName(name, version)!.model
  const headerVersion =
    kind === 'request'
      ? requestHeaderVersion(apiKey!, version)
      : kind === 'response'
        ? responseHeaderVersion(apiKey!, version)
        : undefined
  return { name, kind, apiKey, version, flexible, headerVersion, fields: fields.map(fieldJson) }
}

/** Types as `schema show` draws them; `tag` and `default` only where there is one. */
function fieldJson({ name, type, element, struct, flexible, nullable, tag, default: value, fields }: Field): object {
  const bare = element ?? type
  const shown = `${element ? '[]' : ''}${bare === 'struct' ? (struct ?? 'struct') : bare}`
  return {
    name,
    type: shown,
    nullable,
    flexible,
    ...(tag < 0 ? {} : { tag }),
    ...(value === null ? {} : { default: value }),
    ...(fields.length === 0 ? {} : { fields: fields.map(fieldJson) }),
  }
}

/** What `schema show` prints. Throws CliError for a name or version that is unknown. */
export function showText(name: string, range?: string): string[] {
  const lines: string[] = []
  for (const message of messagesCalled(name)) {
    const versions = knownVersions(messageTable(message)!)
    const [from, to] = readRange(message, versions, range)
    const model = messageByName(message, to)!.model
    const before = from === null ? null : messageByName(message, from)!.model
    const head = `${message} v${to}${headerNote(message, to)}`
    lines.push(from === null ? head : `${head}, compared with v${from}`)
    lines.push(...drawModel(model, before), '')
  }
  return lines.slice(0, -1)
}

function headerNote(message: string, version: number): string {
  const { kind, apiKey } = messageHeader(message)!
  if (kind === 'request') return ` (key ${apiKey}, request header v${requestHeaderVersion(apiKey!, version)})`
  if (kind === 'response') return ` (key ${apiKey}, response header v${responseHeaderVersion(apiKey!, version)})`
  return ''
}

function messagesCalled(name: string): string[] {
  const key = /^\d+$/.test(name) ? Number(name) : apiKeyOf(name)
  const api = key === null ? null : apiName(key)
  if (api) return [`${api}Request`, `${api}Response`]
  const exact = messageHeaders().find((header) => header.name.toLowerCase() === name.toLowerCase())
  if (exact) return [exact.name]
  const unknown = unknownName(name)
  throw new CliError(`schema show: ${unknown}${unknown.endsWith('?') ? ' See' : '; see'} kafkascope schema list`)
}

function readRange(message: string, versions: readonly number[], range?: string): [number | null, number] {
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(range ?? String(versions.at(-1)))
  if (!match) throw new CliError(`schema show: version ${JSON.stringify(range)}: want 5, or 5..6 to compare two`)
  const first = Number(match[1])
  const second = match[2] === undefined ? null : Number(match[2])
  for (const version of [first, second]) {
    if (version !== null && !versions.includes(version)) {
      throw new CliError(`schema show: ${message} has no version ${version}; known are ${versions.join(', ')}`)
    }
  }
  if (second !== null) return [first, second]
  return [versions.filter((version) => version < first).at(-1) ?? null, first]
}
