/** One message held against what Kafka's own class, or a foreign encoder, makes of it. Pure: who asks them is the caller's. */
import { fromHex } from '../bytes/hex.ts'
import { isDefault } from '../codec/defaults.ts'
import { decodeBody } from '../codec/frame.ts'
import { isObject, type JsonObject, type JsonValue, parseJson, printJson } from '../codec/json-text.ts'
import type { CompiledMessage } from '../codec/messages.ts'
import { fieldPath, lineAt, pathOf } from '../codec/paths.ts'
import { valueAt } from '../codec/value.ts'
import type { Field, Model } from '../schema/model.ts'

/** A message's value and the bytes that our encoder makes of it. */
export interface Vector {
  readonly message: CompiledMessage
  /** Of this message version: 0 and up. */
  readonly index: number
  readonly value: JsonObject
  readonly hex: string
}

/** What the class said; see `java/SchemaVerify.java`. */
export interface ClassAnswer {
  readonly unknown?: boolean
  readonly json?: JsonValue
  readonly rewritten?: string
  readonly written?: string
  readonly readError?: string
  readonly writeError?: string
}

export interface Difference {
  readonly name: string
  readonly version: number
  readonly vector: number
  /** `our decoder`: our own bytes read otherwise by us. Else what Kafka's class did with our bytes or our JSON. */
  readonly what: 'our decoder' | 'class reads' | 'class rewrites' | 'class writes' | 'encoder writes'
  readonly path: string
  /** Of the first byte that differs, within the body; null where it is no matter of bytes. */
  readonly offset: number | null
  readonly ours: string
  readonly theirs: string
}

/** Where our own decoder does not give back the value that was encoded; null where it does. */
export function ownDifference(vector: Vector): Difference | null {
  const { message, value, hex } = vector
  const read = printJson(decoded(message, fromHex(hex)))
  const given = printJson(trimmed(value, message.model))
  return read === given ? null : textDifference(vector, 'our decoder', given, read)
}

/** What differs from what Kafka's class says of our bytes and our JSON. */
export function classDifferences(vector: Vector, answer: ClassAnswer): Difference[] {
  const { hex } = vector
  const found: Difference[] = []
  if (answer.readError !== undefined) found.push(textDifference(vector, 'class reads', '', answer.readError))
  if (answer.json !== undefined) {
    const read = decoded(vector.message, fromHex(hex))
    const ours = printJson(isObject(read) ? mapped(read, vector.message.model, asConverted) : read)
    const theirs = printJson(answer.json)
    if (ours !== theirs) found.push(textDifference(vector, 'class reads', ours, theirs))
  }
  if (answer.rewritten !== undefined && answer.rewritten !== hex)
    found.push(bytesDifference(vector, 'class rewrites', answer.rewritten))
  if (answer.writeError !== undefined) found.push(textDifference(vector, 'class writes', '', answer.writeError))
  if (answer.written !== undefined && answer.written !== hex)
    found.push(bytesDifference(vector, 'class writes', answer.written))
  return found
}

/** Whether a value can be given to Kafka's converters whole: they have no unknown tags. */
export const isPlain = (value: JsonValue): boolean => !printJson(value).includes('"_unknownTaggedFields"')

/** The first byte in which theirs differ from ours, and the field that it belongs to in ours. */
export function bytesDifference(vector: Vector, what: Difference['what'], theirs: string): Difference {
  const { message, index, hex } = vector
  let at = 0
  while (at < hex.length && hex.slice(at, at + 2) === theirs.slice(at, at + 2)) at += 2
  const offset = at / 2
  const run = decodeBody(fromHex(hex), message)
  const line = lineAt(run.t, offset)
  const path = line < 0 ? '' : pathOf(run.t, line)
  const { name, version } = message.model
  return { name, version, vector: index, what, path, offset, ours: hex, theirs }
}

function textDifference(vector: Vector, what: Difference['what'], ours: string, theirs: string): Difference {
  const { name, version } = vector.message.model
  return { name, version, vector: vector.index, what, path: firstPath(ours, theirs), offset: null, ours, theirs }
}

/** The path of the first value in which two JSON texts differ; empty where one of them is none. */
function firstPath(ours: string, theirs: string): string {
  try {
    return pathOfDifference(parseJson(ours), parseJson(theirs), '') ?? ''
  } catch {
    return ''
  }
}

function pathOfDifference(a: JsonValue | undefined, b: JsonValue | undefined, path: string): string | null {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      const found = pathOfDifference(a[i], b[i], `${path}[${i}]`)
      if (found !== null) return found
    }
    return null
  }
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = pathOfDifference(a[key], b[key], fieldPath(path, key))
      if (found !== null) return found
    }
    return null
  }
  return a === b ? null : path
}

function decoded(message: CompiledMessage, bytes: Uint8Array): JsonValue {
  const run = decodeBody(bytes, message)
  return run.stopped ? null : plain(valueAt(bytes, run.t, 0))
}

/** As JSON has it: bytes as base64. */
const plain = (value: JsonValue): JsonValue => parseJson(printJson(value))

/** What a value becomes; undefined leaves it out. */
type Change = (value: JsonValue, field: Field) => JsonValue | undefined

/** The value with every field changed; unknown tags are left out. */
function mapped(value: JsonObject, { fields }: Pick<Model | Field, 'fields'>, change: Change): JsonObject {
  const made: JsonObject = {}
  for (const field of fields) {
    const item = value[field.name]
    const changed = item === undefined ? undefined : change(item, field)
    if (changed !== undefined) made[field.name] = within(changed, field, change)
  }
  return made
}

function within(value: JsonValue, field: Field, change: Change): JsonValue {
  if (field.fields.length === 0) return value
  if (Array.isArray(value)) return value.map((item) => within(item, field, change))
  return isObject(value) ? mapped(value, field, change) : value
}

/** Kafka's converters print records as empty; their bytes are compared when they are written again. */
const asConverted: Change = (value, { type }) => (type === 'records' && value !== null ? '' : value)

const FLOAT = 'float64 '

/** The value as JSON that Kafka's converters take: without a fraction they refuse a number for a float64. */
export function classJson({ value, message }: Vector): string {
  const marked = mapped(value, message.model, (item, { type }) =>
    type === 'float64' ? FLOAT + (Number.isInteger(item) && !String(item).includes('e') ? `${item}.0` : item) : item,
  )
  return printJson(marked).replace(new RegExp(`"${FLOAT}([^"]*)"`, 'g'), '$1')
}

/** The value as it is printed: tagged fields that hold their default are left out. */
function trimmed(value: JsonObject, { fields }: Pick<Model | Field, 'fields'>): JsonObject {
  const kept: JsonObject = {}
  for (const field of fields) {
    const item = value[field.name]
    if (item === undefined || (field.tag >= 0 && isDefault(field, item))) continue
    kept[field.name] = field.fields.length === 0 ? item : trimmedField(item, field)
  }
  if (value._unknownTaggedFields !== undefined && (value._unknownTaggedFields as JsonValue[]).length > 0)
    kept._unknownTaggedFields = value._unknownTaggedFields
  return kept
}

function trimmedField(item: JsonValue, field: Field): JsonValue {
  if (Array.isArray(item)) return item.map((each) => trimmedField(each, field))
  return isObject(item) ? trimmed(item, field) : item
}
