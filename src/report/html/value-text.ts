/** The value of a field as a short text, explained where a number alone says little. */
import { errorName } from '../../../dissectors/errors.ts'
import { u8 } from '../../bytes/read.ts'
import { safeShort } from '../../bytes/safe-text.ts'
import type { SpanTable } from '../../bytes/spans.ts'
import { text } from '../../bytes/utf8.ts'
import type { JsonValue } from '../../codec/json-text.ts'
import { printJson } from '../../codec/json-text.ts'
import { apiName } from '../../codec/messages.ts'
import { contents, valueAt } from '../../codec/value.ts'
import { NodeKind, type SpanNode } from '../../schema/node.ts'
import { plural } from '../format.ts'
import { MAX_VALUE } from './limits.ts'

/** The value of a line that is no container; '' for what has none. Escaped. */
export function valueText(bytes: Uint8Array, table: SpanTable, line: number, node: SpanNode): string {
  switch (node.kind) {
    case NodeKind.struct:
      return node.marker && table.next(line) === line + 1 ? 'null' : ''
    case NodeKind.array:
      return arrayText(bytes, table, line)
    case NodeKind.tagBuffer:
      return table.length(line) === 1 ? 'none' : ''
    case NodeKind.fixedArray:
      return fixedArrayText(bytes, table, line, node)
    case NodeKind.tagHeader:
      return ''
    case NodeKind.unknownTag:
      return 'unknown tag'
    case NodeKind.unread:
      return plural(Math.max(0, table.length(line)), 'byte')
    case NodeKind.bytes:
    case NodeKind.records: {
      const range = contents(bytes, table, line)
      return range ? bytesText(bytes, range[0], range[1]) : 'null'
    }
    default:
      return explained(node, valueAt(bytes, table, line))
  }
}

function arrayText(bytes: Uint8Array, table: SpanTable, line: number): string {
  if (table.length(line) < 0) return 'not read to its end'
  let count = 0
  for (let child = line + 1; child < table.next(line); child = table.next(child)) count++
  return count > 0 ? plural(count, 'element') : printJson(valueAt(bytes, table, line))
}

function fixedArrayText(bytes: Uint8Array, table: SpanTable, line: number, node: SpanNode): string {
  const count = Math.floor(Math.max(0, table.length(line)) / node.width)
  return count > 60 ? plural(count, 'element') : safeShort(printJson(valueAt(bytes, table, line)), MAX_VALUE)
}

/** The size, and the text where it is printable. */
function bytesText(bytes: Uint8Array, from: number, end: number): string {
  const size = plural(end - from, 'byte')
  if (end === from || end - from > MAX_VALUE) return size
  for (let at = from; at < end; at++) if (u8(bytes, at) < 0x20 || u8(bytes, at) > 0x7e) return size
  return `${size}  "${text(bytes, from, end)}"`
}

/** An error code with its name, an API key with its name, a time with its date. */
function explained(node: SpanNode, value: JsonValue): string {
  if (typeof value !== 'number') return safeShort(printJson(value), MAX_VALUE)
  const shown = String(value)
  if (node.kind === NodeKind.int16) {
    if (/errorCode$/i.test(node.name)) return `${shown}  ${errorName(value)}`
    return /apiKey$/i.test(node.name) ? `${shown}  ${apiName(value) ?? ''}`.trimEnd() : shown
  }
  const isTime = value > 1e12 && value < 4e12 && /timestamp|TimeMs$/i.test(node.name)
  return isTime ? `${shown}  ${new Date(value).toISOString()}` : shown
}
