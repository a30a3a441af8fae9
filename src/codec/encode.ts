/**
 * Kafka-shaped JSON to the bytes that Kafka's generated classes write: fields in schema order, then the tag buffer with
 * tags ascending, tagged fields left out where they hold their default.
 */
import { fromBase64 } from '../bytes/hex.ts'
import { Writer } from '../bytes/write.ts'
import type { Field, Model } from '../schema/model.ts'
import { fixedWidth } from './compile.ts'
import { defaultValue, isDefault } from './defaults.ts'
import type { JsonObject, JsonValue } from './json-text.ts'

/** What can be encoded: JSON, with bytes also as bytes. Absent fields hold their defaults. */
export type Encodable =
  | JsonValue
  | Uint8Array
  | undefined
  | readonly Encodable[]
  | { readonly [key: string]: Encodable }

/** A struct's value, and no bytes, which are objects too. */
export const isStruct = (value: Encodable): value is { readonly [key: string]: Encodable } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** The value of a field does not fit its type or version. */
export class EncodeError extends Error {
  readonly path: string
  constructor(path: string, message: string) {
    super(path ? `${path}: ${message}` : message)
    this.path = path
  }
}

export interface EncodeOptions {
  /** Refuse names that this version lacks. Off, names of other versions of the message are passed over. */
  readonly strict?: boolean
}

type FieldWriter = (w: Writer, value: Encodable, path: string, strict: boolean) => void

const cache = new WeakMap<Model, FieldWriter>()

/** The body of a message. Throws EncodeError. The result is a view: copy it to keep it past the next write to `w`. */
export function encodeMessage(
  model: Model,
  value: Encodable,
  options: EncodeOptions = {},
  w = new Writer(),
): Uint8Array {
  let write = cache.get(model)
  if (!write) {
    write = structWriter(model.fields, model.flexible, model.otherNames)
    cache.set(model, write)
  }
  write(w, value, '', options.strict ?? false)
  return w.view()
}

/** A whole frame: size, header, body. */
export function encodeFrame(header: Model, headerValue: Encodable, body: Model, bodyValue: Encodable): Uint8Array {
  const w = new Writer()
  w.i32(0)
  encodeMessage(header, headerValue, {}, w)
  encodeMessage(body, bodyValue, {}, w)
  w.patchI32(0, w.length - 4)
  return w.view()
}

const join = (path: string, name: string): string => (path ? `${path}.${name}` : name)

function structWriter(fields: readonly Field[], flexible: boolean, otherNames: ReadonlySet<string>): FieldWriter {
  const plain = fields.filter((field) => field.tag < 0).map((field) => ({ field, write: fieldWriter(field) }))
  const tagged = fields
    .filter((field) => field.tag >= 0)
    .map((field) => ({ field, write: fieldWriter(field) }))
    .sort((a, b) => a.field.tag - b.field.tag)
  const names = new Set(fields.map((field) => field.name))
  return (w, value, path, strict) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof Uint8Array) {
      throw new EncodeError(path, `want an object, have ${describe(value)}`)
    }
    const object = value as { readonly [key: string]: Encodable }
    for (const key of Object.keys(object)) {
      if (names.has(key) || key === '_unknownTaggedFields' || (!strict && otherNames.has(key))) continue
      const hint = otherNames.has(key) ? 'this version has no such field' : 'no such field'
      throw new EncodeError(join(path, key), hint)
    }
    for (const { field, write } of plain) {
      const given = object[field.name]
      write(w, given === undefined ? defaultValue(field) : given, join(path, field.name), strict)
    }
    if (flexible) writeTags(w, object, tagged, path, strict)
    else if (object._unknownTaggedFields !== undefined) {
      throw new EncodeError(join(path, '_unknownTaggedFields'), 'this version has no tag buffers')
    }
  }
}

function writeTags(
  w: Writer,
  object: { readonly [key: string]: Encodable },
  tagged: readonly { field: Field; write: FieldWriter }[],
  path: string,
  strict: boolean,
): void {
  const tags: { tag: number; bytes: Uint8Array }[] = []
  for (const { field, write } of tagged) {
    const value = object[field.name]
    if (value === undefined || isDefault(field, value as JsonValue)) continue
    const inner = new Writer(64)
    write(inner, value, join(path, field.name), strict)
    tags.push({ tag: field.tag, bytes: inner.view() })
  }
  const unknown = object._unknownTaggedFields
  if (unknown !== undefined) {
    const written = new Set(tags.map(({ tag }) => tag))
    for (const entry of unknownTags(unknown, join(path, '_unknownTaggedFields'))) {
      if (written.has(entry.tag)) {
        throw new EncodeError(join(path, '_unknownTaggedFields'), `tag ${entry.tag} is written twice`)
      }
      written.add(entry.tag)
      tags.push(entry)
    }
    tags.sort((a, b) => a.tag - b.tag)
  }
  w.uvarint(tags.length)
  for (const { tag, bytes } of tags) {
    w.uvarint(tag)
    w.uvarint(bytes.length)
    w.raw(bytes)
  }
}

function unknownTags(value: Encodable, path: string): { tag: number; bytes: Uint8Array }[] {
  if (!Array.isArray(value)) throw new EncodeError(path, `want an array, have ${describe(value)}`)
  return value.map((entry: Encodable, i) => {
    const { tag, data } = (entry ?? {}) as JsonObject
    if (typeof tag !== 'number' || !Number.isInteger(tag) || tag < 0 || tag > 0xffffffff) {
      throw new EncodeError(`${path}[${i}].tag`, `want an unsigned number, have ${describe(tag)}`)
    }
    return { tag, bytes: toBytes(data, `${path}[${i}].data`) }
  })
}

function fieldWriter(field: Field): FieldWriter {
  if (field.type === 'array') return arrayWriter(field)
  if (field.type === 'struct') return structFieldWriter(field)
  return scalarWriter(field.type, field.flexible, field.nullable)
}

function structFieldWriter(field: Field): FieldWriter {
  const write = structWriter(field.fields, field.flexible, field.otherNames)
  if (!field.nullable) return write
  return (w, value, path, strict) => {
    // In its place a nullable struct has an int8 in front (-1 or 1), in a tag a varint (0 or 1).
    w.i8(value === null ? (field.tag >= 0 ? 0 : -1) : 1)
    if (value !== null) write(w, value, path, strict)
  }
}

function arrayWriter(field: Field): FieldWriter {
  const element = field.element!
  const write =
    element === 'struct'
      ? structWriter(field.fields, field.flexible, field.otherNames)
      : scalarWriter(element, field.flexible, false)
  return (w, value, path, strict) => {
    if (value === null) {
      if (!field.nullable) throw new EncodeError(path, 'null is not allowed in this version')
      if (field.flexible) w.uvarint(0)
      else w.i32(-1)
      return
    }
    if (!Array.isArray(value)) throw new EncodeError(path, `want an array, have ${describe(value)}`)
    if (field.flexible) w.uvarint(value.length + 1)
    else w.i32(value.length)
    for (let i = 0; i < value.length; i++) write(w, value[i], `${path}[${i}]`, strict)
  }
}

const RANGES: Record<string, [number, number]> = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
}

function scalarWriter(type: string, flexible: boolean, nullable: boolean): FieldWriter {
  if (type === 'string') return stringWriter(flexible, nullable)
  if (type === 'bytes' || type === 'records') return bytesWriter(flexible, nullable)
  if (type === 'uuid') return (w, value, path) => w.raw(toUuidBytes(value, path))
  if (type === 'float64') return (w, value, path) => w.f64(toFloat(value, path))
  if (type === 'int64') return (w, value, path) => w.i64(toInt64(value, path))
  if (type === 'bool') {
    return (w, value, path) => {
      if (typeof value !== 'boolean') throw new EncodeError(path, `want true or false, have ${describe(value)}`)
      w.i8(value ? 1 : 0)
    }
  }
  const [low, high] = RANGES[type]!
  const width = fixedWidth(type)
  return (w, value, path) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
      throw new EncodeError(path, `want an ${type}, have ${describe(value)}`)
    }
    if (width === 4) w.i32(value)
    else if (width === 2) w.i16(value)
    else w.i8(value)
  }
}

function stringWriter(flexible: boolean, nullable: boolean): FieldWriter {
  return (w, value, path) => {
    if (value === null) return writeNull(w, path, flexible, nullable, 2)
    if (typeof value !== 'string') throw new EncodeError(path, `want a string, have ${describe(value)}`)
    const bytes = Buffer.from(value, 'utf8')
    if (bytes.length > 32767)
      throw new EncodeError(path, `a string takes at most 32767 bytes, this has ${bytes.length}`)
    if (flexible) w.uvarint(bytes.length + 1)
    else w.i16(bytes.length)
    w.raw(bytes)
  }
}

function bytesWriter(flexible: boolean, nullable: boolean): FieldWriter {
  return (w, value, path) => {
    if (value === null) return writeNull(w, path, flexible, nullable, 4)
    const bytes = toBytes(value, path)
    if (flexible) w.uvarint(bytes.length + 1)
    else w.i32(bytes.length)
    w.raw(bytes)
  }
}

function writeNull(w: Writer, path: string, flexible: boolean, nullable: boolean, width: 2 | 4): void {
  if (!nullable) throw new EncodeError(path, 'null is not allowed in this version')
  if (flexible) w.uvarint(0)
  else if (width === 2) w.i16(-1)
  else w.i32(-1)
}

function toBytes(value: Encodable, path: string): Uint8Array {
  if (value instanceof Uint8Array) return value
  const bytes = typeof value === 'string' ? fromBase64(value) : null
  if (!bytes) throw new EncodeError(path, `want base64, have ${describe(value)}`)
  return bytes
}

function toUuidBytes(value: Encodable, path: string): Uint8Array {
  const bytes = value instanceof Uint8Array ? value : typeof value === 'string' ? fromBase64(value) : null
  if (bytes?.length !== 16) throw new EncodeError(path, `want a uuid (16 bytes in base64), have ${describe(value)}`)
  return bytes
}

function toFloat(value: Encodable, path: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value)
  throw new EncodeError(path, `want a number, have ${describe(value)}`)
}

function toInt64(value: Encodable, path: string): number | bigint {
  const whole =
    typeof value === 'bigint' ? value : typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : null
  if (whole === null || BigInt.asIntN(64, whole) !== whole) {
    throw new EncodeError(path, `want an int64, have ${describe(value)}`)
  }
  return whole
}

function describe(value: Encodable): string {
  if (value === null) return 'null'
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (typeof value === 'object') return 'an object'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
