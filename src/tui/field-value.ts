/** The value of one field as a short text, explained where a number alone says little. */
import { i32, uvarint, varintEnd } from '../bytes/read.ts'
import type { SpanTable } from '../bytes/spans.ts'
import type { JsonValue } from '../codec/json-text.ts'
import { contents, valueAt } from '../codec/value.ts'
import { NodeKind, type SpanNode } from '../schema/node.ts'
import { codeNote, preview, timeNote } from './preview.ts'
import { safe } from './text.ts'

/** The value of a line that is `length` bytes long. Arrays and tag buffers say how many they hold. */
export function fieldValue(bytes: Uint8Array, table: SpanTable, line: number, node: SpanNode, length: number): string {
  const at = table.offset(line)
  switch (node.kind) {
    case NodeKind.struct:
      return node.marker && length === 1 && table.next(line) === line + 1 ? 'null' : ''
    case NodeKind.array:
    case NodeKind.fixedArray: {
      const count = arrayCount(bytes, at, node)
      return count === null ? '' : count < 0 ? 'null' : `[${count}]`
    }
    case NodeKind.tagBuffer:
      return length === 1 ? 'none' : ''
    case NodeKind.tagHeader:
    case NodeKind.unknownTag:
      return tagText(bytes, at, at + length, node)
    case NodeKind.bytes:
    case NodeKind.records: {
      const range = contents(bytes, table, line)
      return range ? `${range[1] - range[0]} B  ${preview(bytes, range[0], range[1])}` : 'null'
    }
    case NodeKind.string: {
      const text = valueAt(bytes, table, line) as string | null
      return text === null ? 'null' : `"${safe(text, 300)}"`
    }
    default:
      return scalar(node, valueAt(bytes, table, line))
  }
}

function tagText(bytes: Uint8Array, at: number, end: number, node: SpanNode): string {
  const tag = uvarint(bytes, at, end)
  const size = uvarint(bytes, varintEnd, end)
  const start = varintEnd
  return node.kind === NodeKind.tagHeader
    ? `tag ${tag}, ${size} B`
    : `unknown tag ${tag}, ${size} B  ${preview(bytes, start, end)}`
}

function scalar(node: SpanNode, value: JsonValue): string {
  const text = String(value)
  if (node.kind === NodeKind.int16 && typeof value === 'number') return text + codeNote(node.name, value)
  return node.kind === NodeKind.int64 ? text + timeNote(node.name, value) : text
}

/** The elements an array claims; -1 for null; null where it has no count of its own, or none that can be read. */
export function arrayCount(bytes: Uint8Array, at: number, node: SpanNode): number | null {
  if (node.prefix === 'uvarint') {
    const count = uvarint(bytes, at, bytes.length)
    return count < 0 ? null : count - 1
  }
  return node.prefix === 'int32' && at + 4 <= bytes.length ? i32(bytes, at) : null
}
