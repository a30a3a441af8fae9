/**
 * The text form of the tables in `dissectors/messages/`, read and written. A message is a header line and a line a
 * field, a struct's fields indented beneath it:
 *
 *     JoinGroupRequest  request  key=11 versions=0-9 flexible=6+ removed=0-1 listeners=broker
 *       groupId           string                0+    entity=groupId
 *       protocols         []JoinGroupProtocol   0+
 *         name            string                0+    key
 *         metadata        bytes                 0+
 *
 * Attributes of a field: `nullable=1+`, `tag=0 tagged=12+`, `default=-1`, `ignorable`, `key` (of a map-like array),
 * `entity=topicName`, `flexible=none`. A struct that several fields share stands once, under `struct NAME`.
 */
import type { MessageKind, MessageTable, TableField, Versions } from './model.ts'
import { isNone, parseVersions, printVersions } from './versions.ts'

/** What a header line says; reading it does not read the fields. */
export interface TableHeader extends Omit<MessageTable, 'fields'> {
  /** Of the whole table, its header line first. */
  readonly text: string
}

interface Line {
  depth: number
  words: string[]
}

const HEADER = /^\S+ +(?:request|response|header|data)\b/

/** Cuts a file's text into its messages and reads their header lines. Throws on a malformed line. */
export function readHeaders(text: string): TableHeader[] {
  const headers: TableHeader[] = []
  for (const part of text.split(/\n(?=\S)/)) {
    const first = part.trimStart()
    if (!first) continue
    if (!HEADER.test(first)) throw new Error(`table: want "NAME KIND ...", have "${first.split('\n', 1)[0]}"`)
    headers.push(readHeader(first))
  }
  return headers
}

function readHeader(text: string): TableHeader {
  const [name, kind, ...rest] = text.split('\n', 1)[0]!.split(/ +/)
  const attributes = readAttributes(rest)
  const range = (key: string): Versions => parseVersions(attributes.get(key) ?? 'none')
  const apiKey = attributes.get('key')
  return {
    name: name!,
    kind: kind as MessageKind,
    apiKey: apiKey === undefined ? null : Number(apiKey),
    listeners: attributes.get('listeners')?.split(',') ?? [],
    versions: range('versions'),
    flexible: range('flexible'),
    latestUnstable: attributes.has('unstable'),
    removed: range('removed'),
    text,
  }
}

/** Reads the fields under a header. */
export function readTable(header: TableHeader): MessageTable {
  const lines: Line[] = []
  for (const raw of header.text.split('\n').slice(1)) {
    const line = raw.trimEnd()
    if (line) lines.push({ depth: line.length - line.trimStart().length, words: splitWords(line.trim()) })
  }
  const structs = new Map<string, readonly TableField[]>()
  let at = 0
  const readFields = (depth: number): TableField[] => {
    const fields: TableField[] = []
    while (at < lines.length && lines[at]!.depth === depth) {
      const line = lines[at++]!
      if (line.words[0] === 'struct') {
        structs.set(line.words[1]!, readFields(depth + 2))
        continue
      }
      const own = at < lines.length && lines[at]!.depth > depth ? readFields(depth + 2) : null
      fields.push(readField(line.words, own))
    }
    return fields
  }
  const fields = readFields(2)
  if (at < lines.length) throw new Error(`table ${header.name}: bad indentation at "${lines[at]!.words.join(' ')}"`)
  const resolve = (field: TableField): TableField => {
    const shared = field.fields.length === 0 ? structs.get(structName(field.type) ?? '') : undefined
    return { ...field, fields: (shared ?? field.fields).map(resolve) }
  }
  return { ...header, fields: fields.map(resolve) }
}

function readField(words: string[], fields: readonly TableField[] | null): TableField {
  const [name, type, versions, ...rest] = words
  const attributes = readAttributes(rest)
  const flexible = attributes.get('flexible')
  return {
    name: name!,
    type: type!,
    versions: parseVersions(versions!),
    nullable: parseVersions(attributes.get('nullable') ?? 'none'),
    tagged: parseVersions(attributes.get('tagged') ?? 'none'),
    tag: Number(attributes.get('tag') ?? -1),
    flexible: flexible === undefined ? null : parseVersions(flexible),
    default: attributes.get('default') ?? null,
    ignorable: attributes.has('ignorable'),
    mapKey: attributes.has('key'),
    entityType: attributes.get('entity') ?? null,
    fields: fields ?? [],
  }
}

/** The struct that a type names: `[]Member` and `Member` name Member; null for all others. */
export function structName(type: string): string | null {
  const bare = type.replace(/^\[\]/, '')
  return /^[A-Z]/.test(bare) ? bare : null
}

/** Words at spaces, but a JSON string after `default=` stays whole. */
function splitWords(line: string): string[] {
  return line.match(/(?:"(?:\\.|[^"\\])*"|[^ "])+/g) ?? []
}

function readAttributes(words: readonly string[]): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const word of words) {
    const equals = word.indexOf('=')
    const value = equals < 0 ? '' : word.slice(equals + 1)
    attributes.set(equals < 0 ? word : word.slice(0, equals), value.startsWith('"') ? JSON.parse(value) : value)
  }
  return attributes
}

/** Writes a table as text, the columns aligned. */
export function printTable(table: MessageTable): string {
  const header = [table.name, '', table.kind, '']
  if (table.apiKey !== null) header.push(`key=${table.apiKey}`)
  header.push(`versions=${printVersions(table.versions)}`, `flexible=${printVersions(table.flexible)}`)
  if (table.latestUnstable) header.push('unstable')
  if (!isNone(table.removed)) header.push(`removed=${printVersions(table.removed)}`)
  if (table.listeners.length > 0) header.push(`listeners=${table.listeners.join(',')}`)
  const rows: string[][] = []
  const counts = new Map<string, number>()
  countStructs(table.fields, counts)
  const shared = new Map<string, readonly TableField[]>()
  pushRows(table.fields, 2, rows, counts, shared)
  for (const [name, fields] of shared) {
    rows.push([`  struct ${name}`])
    pushRows(fields, 4, rows, new Map(), new Map())
  }
  const wide = (column: number): number => Math.max(...rows.map((row) => (row.length > 1 ? row[column]!.length : 0)), 0)
  const widths = [wide(0), wide(1), wide(2)]
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd((widths[i] ?? 0) + (i < 2 ? 2 : 1)))
      .join('')
      .trimEnd(),
  )
  return `${[header.join(' '), ...lines].join('\n')}\n`
}

function countStructs(fields: readonly TableField[], counts: Map<string, number>): void {
  for (const field of fields) {
    const name = structName(field.type)
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1)
    countStructs(field.fields, counts)
  }
}

function pushRows(
  fields: readonly TableField[],
  indent: number,
  rows: string[][],
  counts: Map<string, number>,
  shared: Map<string, readonly TableField[]>,
): void {
  for (const field of fields) {
    rows.push([' '.repeat(indent) + field.name, field.type, printVersions(field.versions), printAttributes(field)])
    const name = structName(field.type)
    if (name && (counts.get(name) ?? 0) > 1) shared.set(name, field.fields)
    else pushRows(field.fields, indent + 2, rows, counts, shared)
  }
}

function printAttributes(field: TableField): string {
  const words: string[] = []
  if (!isNone(field.nullable)) words.push(`nullable=${printVersions(field.nullable)}`)
  if (field.tag >= 0) words.push(`tag=${field.tag}`, `tagged=${printVersions(field.tagged)}`)
  if (field.flexible) words.push(`flexible=${printVersions(field.flexible)}`)
  if (field.default !== null) {
    const plain = /^[^\s"=]+$/.test(field.default)
    words.push(`default=${plain ? field.default : JSON.stringify(field.default)}`)
  }
  if (field.ignorable) words.push('ignorable')
  if (field.mapKey) words.push('key')
  if (field.entityType) words.push(`entity=${field.entityType}`)
  return words.join(' ')
}
