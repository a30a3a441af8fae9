/**
 * Values and Kafka-shaped JSON, read from the bytes when somebody looks. Shapes are those of Kafka's generated
 * JsonConverters: bytes and records as base64, uuids as Uuid prints them, tagged fields only where not default, in
 * schema order. Unknown tags stand under `_unknownTaggedFields` as `[{"tag": 7, "data": "<base64>"}]`.
 */
import { toBase64, toUuid } from '../bytes/hex.ts'
import { f64, i8, i16, i32, i64, u8, u16, u32, uvarint, varint, varintEnd, varlong } from '../bytes/read.ts'
import type { SpanTable } from '../bytes/spans.ts'
import { text } from '../bytes/utf8.ts'
import { NodeKind, nodeOf, type SpanNode } from '../schema/node.ts'
import { type BuilderCalls, compileBuilder, type StructBuilder } from './build.ts'
import { isDefault } from './defaults.ts'
import type { JsonObject, JsonValue } from './json-text.ts'

/**
 * Replaces the value of a bytes or records line; undefined leaves it as base64. `--expand` puts in what the bytes hold;
 * the broker and the client, which take values and not JSON, put in the bytes themselves.
 */
export type BytesHook = (line: number, node: SpanNode, start: number, end: number) => JsonValue | Uint8Array | undefined

/** Where the contents of a string, bytes or records line begin and end; null for a null. */
export function contents(b: Uint8Array, table: SpanTable, line: number): [number, number] | null {
  const node = nodeOf(table.node(line))
  const at = table.offset(line)
  const end = at + table.length(line)
  switch (node.prefix) {
    case 'int16':
      return i16(b, at) < 0 ? null : [at + 2, end]
    case 'int32':
      return i32(b, at) < 0 ? null : [at + 4, end]
    case 'uvarint':
      return uvarint(b, at, end) === 0 ? null : [varintEnd, end]
    case 'varint':
      return varint(b, at, end) < 0 ? null : [varintEnd, end]
    default:
      return [at, end]
  }
}

/** The value of a scalar of this kind at an offset. */
export function scalarAt(b: Uint8Array, kind: NodeKind, at: number, end: number): JsonValue {
  switch (kind) {
    case NodeKind.bool:
      return u8(b, at) !== 0
    case NodeKind.int8:
      return i8(b, at)
    case NodeKind.int16:
      return i16(b, at)
    case NodeKind.uint16:
      return u16(b, at)
    case NodeKind.int32:
      return i32(b, at)
    case NodeKind.uint32:
      return u32(b, at)
    case NodeKind.int64:
      return i64(b, at)
    case NodeKind.float64:
      return floatValue(f64(b, at))
    case NodeKind.uuid:
      return toUuid(b, at)
    case NodeKind.varint:
      return varint(b, at, end)
    case NodeKind.varlong:
      return varlong(b, at, end) ?? Number.NaN
    case NodeKind.uvarint:
      return uvarint(b, at, end)
    default:
      return null
  }
}

/** JSON has no NaN and no infinities; Jackson prints them as strings. */
const floatValue = (value: number): JsonValue => (Number.isFinite(value) ? value : String(value))

/** The value of a line and all that is in it. */
export function valueAt(b: Uint8Array, table: SpanTable, line: number, hook?: BytesHook): JsonValue {
  const node = nodeOf(table.node(line))
  switch (node.kind) {
    case NodeKind.struct:
      return structValue(b, table, line, node, hook)
    case NodeKind.array:
      return arrayValue(b, table, line, node, hook)
    case NodeKind.fixedArray:
      return fixedArrayValue(b, table, line, node)
    case NodeKind.string: {
      const range = contents(b, table, line)
      return range && text(b, range[0], range[1])
    }
    case NodeKind.bytes:
    case NodeKind.records: {
      const range = contents(b, table, line)
      if (!range) return null
      return (hook?.(line, node, range[0], range[1]) as JsonValue | undefined) ?? toBase64(b, range[0], range[1])
    }
    default:
      return scalarAt(b, node.kind, table.offset(line), table.offset(line) + table.length(line))
  }
}

const builders: (StructBuilder | undefined)[] = []

const withTagsOf: BuilderCalls['withTags'] = (b, table, buffer, struct, plain, hook) =>
  withTags(b, table, buffer, nodeOf(table.node(struct)), plain, hook)

function structValue(b: Uint8Array, table: SpanTable, line: number, node: SpanNode, hook?: BytesHook): JsonValue {
  if (node.marker && table.length(line) === 1 && table.next(line) === line + 1) return null
  if (node.fields && table.length(line) >= 0) {
    builders[node.id] ??= compileBuilder(node.fields, node.flexible ?? false, { valueAt, withTags: withTagsOf })
    return builders[node.id]!(b, table, table.data, line, hook)
  }
  const end = table.next(line)
  const object: JsonObject = {}
  for (let child = line + 1; child < end; child = table.next(child)) {
    const inner = nodeOf(table.node(child))
    if (inner.kind === NodeKind.tagBuffer) {
      if (table.length(child) !== 1) return withTags(b, table, child, node, object, hook)
    } else if (inner.kind !== NodeKind.unread) object[inner.name] = valueAt(b, table, child, hook)
  }
  return object
}

/** Adds tagged fields that are not default, everything in schema order, and what no version here knows. */
function withTags(
  b: Uint8Array,
  table: SpanTable,
  buffer: number,
  node: SpanNode,
  plain: JsonObject,
  hook?: BytesHook,
): JsonObject {
  const end = table.next(buffer)
  const unknown: JsonValue[] = []
  const tagged: JsonObject = {}
  for (let child = buffer + 1; child < end; child = table.next(child)) {
    const inner = nodeOf(table.node(child))
    if (inner.kind === NodeKind.tagHeader || inner.kind === NodeKind.unread) continue
    if (inner.kind === NodeKind.unknownTag) unknown.push(unknownTag(b, table, child))
    else tagged[inner.name] = valueAt(b, table, child, hook)
  }
  const object: JsonObject = {}
  for (const field of node.fields ?? []) {
    const value = field.tag >= 0 ? tagged[field.name] : plain[field.name]
    if (value === undefined || (field.tag >= 0 && isDefault(field, value))) continue
    object[field.name] = value
  }
  if (unknown.length > 0) object._unknownTaggedFields = unknown
  return object
}

function unknownTag(b: Uint8Array, table: SpanTable, line: number): JsonObject {
  const at = table.offset(line)
  const end = at + table.length(line)
  const tag = uvarint(b, at, end)
  uvarint(b, varintEnd, end)
  return { tag, data: toBase64(b, varintEnd, end) }
}

function arrayValue(b: Uint8Array, table: SpanTable, line: number, node: SpanNode, hook?: BytesHook): JsonValue {
  if (isNullArray(b, table, line, node)) return null
  const items: JsonValue[] = []
  const end = table.next(line)
  for (let child = line + 1; child < end; child = table.next(child)) {
    if (nodeOf(table.node(child)).kind !== NodeKind.unread) items.push(valueAt(b, table, child, hook))
  }
  return items
}

function isNullArray(b: Uint8Array, table: SpanTable, line: number, node: SpanNode): boolean {
  const at = table.offset(line)
  return node.prefix === 'uvarint' ? u8(b, at) === 0 : node.prefix === 'int32' && i32(b, at) < 0
}

function fixedArrayValue(b: Uint8Array, table: SpanTable, line: number, node: SpanNode): JsonValue {
  if (isNullArray(b, table, line, node)) return null
  const items: JsonValue[] = []
  const end = table.offset(line) + table.length(line)
  for (let at = firstElement(b, table, line); at < end; at += node.width) {
    items.push(scalarAt(b, node.element!, at, end))
  }
  return items
}

/** The offset of the first element of a `fixedArray` line. */
export function firstElement(b: Uint8Array, table: SpanTable, line: number): number {
  const at = table.offset(line)
  if (nodeOf(table.node(line)).prefix !== 'uvarint') return at + 4
  uvarint(b, at, at + table.length(line))
  return varintEnd
}
