/**
 * A message for people, as text: its fields with their bytes, up to the bad one; for each finding one sentence and the
 * bytes with carets beneath. The same for CLI, TUI and report. Text from the wire comes out escaped.
 */
import { toHex } from '../bytes/hex.ts'
import { safeShort } from '../bytes/safe-text.ts'
import type { SpanTable } from '../bytes/spans.ts'
import type { CompiledMessage } from '../codec/compile.ts'
import { nestedOf, type Opening } from '../codec/expand.ts'
import { type JsonObject, type JsonValue, printJson } from '../codec/json-text.ts'
import { openLength, pathOf, walk } from '../codec/paths.ts'
import type { Flaw } from '../codec/run.ts'
import { contents, firstElement, valueAt } from '../codec/value.ts'
import type { Finding } from '../findings/finding.ts'
import { isContainer, NodeKind, nodeOf, type SpanNode } from '../schema/node.ts'
import { plural } from './format.ts'

/** Bytes of a field that are shown beside it, and characters of its value. */
const HEX_BYTES = 8
const VALUE_WIDTH = 60
/** Bytes in a row of a dump. */
const ROW = 16

export interface ViewOptions {
  /** Fields that are shown; the rest is counted. */
  readonly maxFields?: number
  /** Fields that a finding is about are marked. */
  readonly findings?: readonly Finding[]
  /** Where the decoder stopped: that field's row comes last. */
  readonly stop?: Flaw | undefined
  /** Rows beneath that of a line. */
  readonly under?: ((line: number) => readonly string[]) | undefined
}

const DEFAULT_FIELDS = 2000

/** One line a field: offset (decimal, as in `--fields`), first bytes, name, type, value. Containers name what is in them. */
export function fieldRows(bytes: Uint8Array, table: SpanTable, options: ViewOptions = {}): string[] {
  const limit = options.maxFields ?? DEFAULT_FIELDS
  const marks = marksOf(options.findings ?? [])
  const rows: string[] = []
  walk(table, ({ line, node, path, depth }) => {
    if (node.kind === NodeKind.unread && table.offset(line) === options.stop?.offset) return true
    if (rows.length >= limit) {
      rows.push(`  ... ${limit} of ${table.size} lines are shown`)
      return false
    }
    const at = table.offset(line)
    const length = table.length(line) < 0 ? openLength(table, line) : table.length(line)
    const name = '  '.repeat(Math.min(depth, MAX_INDENT)) + shortName(path, node)
    const shown = isContainer(node) && node.kind !== NodeKind.tagBuffer ? '' : hexOf(bytes, at, length)
    const value = valueText(bytes, table, line, node)
    rows.push(row(node.kind === NodeKind.unread ? ' ' : (marks.get(path) ?? ' '), at, shown, name, node.type, value))
    if (options.under) rows.push(...options.under(line))
    return true
  })
  if (options.stop) rows.push(stopRow(bytes, table, options.stop))
  return rows
}

const MAX_INDENT = 20

function row(mark: string, at: number, hex: string, name: string, type: string, value: string): string {
  const cells = [`${mark}${String(at).padStart(6)}`, hex.padEnd(HEX_BYTES * 3 + 1), name.padEnd(30), type.padEnd(24)]
  return `${cells.join('  ')}  ${value}`.trimEnd()
}

function stopRow(bytes: Uint8Array, table: SpanTable, { offset, length, node, line, code, wanted, had }: Flaw): string {
  const field = nodeOf(node)
  const why = code === 'underflow' ? `wants ${plural(wanted, 'byte')}, ${had} left` : `claims ${wanted}, ${had} left`
  return row('x', offset, hexOf(bytes, offset, length), pathOf(table, line, field), field.type, why)
}

const NESTED_START = ' '.repeat(9)
const MAX_NESTED = 2000

/** What a bytes or records field holds, as JSON: a line for a message, for a batch and for each of its records. */
export function nestedRows(opening: Opening, line: number): string[] {
  const nested = nestedOf(opening, line, { showSecrets: true })
  if (!nested) return []
  const { json } = nested
  const rows = Array.isArray(json) ? json.slice(0, MAX_BATCHES).flatMap(batchRows) : [printJson(json)]
  const shown = rows.slice(0, MAX_NESTED_ROWS).map((text) => `${NESTED_START}  ${safeShort(text, MAX_NESTED)}`)
  if (rows.length > shown.length) shown.push(`${NESTED_START}  ... ${plural(rows.length - shown.length, 'line')} more`)
  return [`${NESTED_START}= ${nested.title}`, ...shown]
}

const MAX_BATCHES = 1000
const MAX_NESTED_ROWS = 1000

function batchRows(batch: JsonValue): string[] {
  const { records, ...rest } = (batch ?? {}) as JsonObject
  if (!Array.isArray(records)) return [printJson(batch)]
  return [printJson(rest), ...records.map((record) => `  ${printJson(record)}`)]
}

/** Names the fields of the message itself that come after the one at which the decoder stopped. */
export function notReachedRows(message: CompiledMessage, table: SpanTable, bodyLine: number, stop: Flaw): string[] {
  const reached = new Set([nodeOf(stop.node).name])
  if (bodyLine >= 0) {
    for (let line = bodyLine + 1; line < table.next(bodyLine); line = table.next(line)) {
      reached.add(nodeOf(table.node(line)).name)
    }
  }
  const names = message.model.fields.filter(({ name, tag }) => tag < 0 && !reached.has(name)).map(({ name }) => name)
  return names.length === 0 ? [] : [`         not reached: ${names.join(', ')}`]
}

/** By path, the mark of the gravest finding there. */
function marksOf(findings: readonly Finding[]): Map<string, string> {
  const marks = new Map<string, string>()
  for (const severity of ['note', 'warning', 'error'] as const) {
    for (const finding of findings) if (finding.severity === severity) marks.set(finding.path, MARKS[severity])
  }
  return marks
}

/** The last part of a path: `errorCode`, `[2]`. */
function shortName(path: string, node: SpanNode): string {
  if (node.kind === NodeKind.unread) return '(not read)'
  return /(?:\[[^\]]*\]|[^.[\]]+)$/.exec(path)?.[0] ?? path
}

const offsetText = (at: number): string => at.toString(16).padStart(4, '0')

function hexOf(bytes: Uint8Array, at: number, length: number): string {
  const shown = spaced(bytes, at, Math.min(at + length, at + HEX_BYTES, bytes.length))
  return length > HEX_BYTES ? `${shown} …` : shown
}

const spaced = (bytes: Uint8Array, from: number, end: number): string =>
  toHex(bytes, from, Math.max(from, end)).replace(/..(?!$)/g, '$& ')

function valueText(bytes: Uint8Array, table: SpanTable, line: number, node: SpanNode): string {
  switch (node.kind) {
    case NodeKind.struct:
      return node.marker && table.next(line) === line + 1 ? 'null' : ''
    case NodeKind.array:
    case NodeKind.fixedArray:
      return arrayText(bytes, table, line, node)
    case NodeKind.tagBuffer:
    case NodeKind.tagHeader:
      return ''
    case NodeKind.unread:
      return plural(table.length(line), 'byte')
    case NodeKind.unknownTag:
      return 'unknown tag'
    case NodeKind.bytes:
    case NodeKind.records: {
      const range = contents(bytes, table, line)
      return range ? plural(range[1] - range[0], 'byte') : 'null'
    }
    default:
      return safeShort(printJson(valueAt(bytes, table, line)), VALUE_WIDTH)
  }
}

function arrayText(bytes: Uint8Array, table: SpanTable, line: number, node: SpanNode): string {
  if (table.length(line) < 0) return 'not read to its end'
  const at = table.offset(line)
  const end = at + table.length(line)
  if (node.kind === NodeKind.fixedArray) {
    const count = Math.max(0, Math.floor((end - firstElement(bytes, table, line)) / node.width))
    if (count > 20) return plural(count, 'element')
    return safeShort(printJson(valueAt(bytes, table, line)), VALUE_WIDTH)
  }
  let count = 0
  for (let child = line + 1; child < table.next(line); child = table.next(child)) count++
  if (count > 0) return plural(count, 'element')
  return printJson(valueAt(bytes, table, line))
}

/** Rows of 16 bytes from one offset to another, with their characters. */
export function hexDump(bytes: Uint8Array, from = 0, end = bytes.length): string[] {
  const rows: string[] = []
  for (let at = from - (from % ROW); at < end; at += ROW) rows.push(dumpRow(bytes, at))
  return rows
}

function dumpRow(bytes: Uint8Array, at: number): string {
  const end = Math.min(at + ROW, bytes.length)
  const half = Math.min(at + ROW / 2, end)
  const hex = `${spaced(bytes, at, half).padEnd(23)}  ${spaced(bytes, half, end).padEnd(23)}`
  const characters = Array.from(bytes.subarray(at, end), (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
  ).join('')
  return `${offsetText(at)}  ${hex}  ${characters}`.trimEnd()
}

/** Rows of a dump that are shown of a finding; of a longer one, the first. */
const MAX_CARET_ROWS = 3

/**
 * The bytes of a place with carets beneath, and the row in front of it. A place without bytes (where missing ones
 * belong) has one caret.
 */
export function caretRows(bytes: Uint8Array, offset: number, length: number): string[] {
  const start = Math.min(Math.max(offset, 0), bytes.length)
  const end = Math.min(start + Math.max(length, 1), Math.max(start + 1, bytes.length))
  const first = start - (start % ROW)
  const rows = first >= ROW ? [dumpRow(bytes, first - ROW)] : []
  for (let at = first, shown = 0; at < end && shown < MAX_CARET_ROWS; at += ROW, shown++) {
    rows.push(dumpRow(bytes, at), caretLine(Math.max(start - at, 0), Math.min(end - at, ROW)))
  }
  const last = first + MAX_CARET_ROWS * ROW
  if (end > last) rows.push(`      ... ${plural(end - last, 'byte')} more`)
  return rows
}

function caretLine(from: number, end: number): string {
  let line = ''
  for (let i = 0; i < end; i++) {
    const gap = i === ROW / 2 ? '  ' : i === 0 ? '' : ' '
    line += gap.replace(/ /g, i > from && i !== ROW / 2 ? '^' : ' ') + (i >= from ? '^^' : '  ')
  }
  return `${' '.repeat(6)}${line}`
}

const MARKS = { error: 'x', warning: '!', note: '-' } as const

/** A finding: its code and sentence, the bytes, the causes best first, what clients say. */
export function findingRows(finding: Finding, bytes: Uint8Array): string[] {
  const where = finding.path ? `${safeShort(finding.path, 120)} at ${finding.offset}` : `at ${finding.offset}`
  const rows = [`${MARKS[finding.severity]} ${finding.code}  ${where}`, `  ${safeShort(finding.message, 400)}`]
  rows.push(...caretRows(bytes, finding.offset, finding.length).map((row) => `    ${row}`))
  for (const cause of finding.causes) {
    rows.push(`  ${cause.score.toFixed(2)}  ${cause.cause}: ${safeShort(cause.message, 400)}`)
  }
  for (const [client, says] of Object.entries(finding.clients ?? {})) {
    rows.push(`  ${safeShort(client, 40)} will say: ${safeShort(says, 400)}`)
  }
  return rows
}
