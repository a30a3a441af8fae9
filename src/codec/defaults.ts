import { ZERO_UUID } from '../bytes/hex.ts'
import type { Field } from '../schema/model.ts'
import type { JsonObject, JsonValue } from './json-text.ts'

/**
 * What a field holds where nothing was written, as Kafka's generator has it: the schema's default, else 0, false, the
 * empty string, bytes or array, the zero uuid, a struct of defaults.
 */
export function defaultValue(field: Field): JsonValue {
  if (field.default === 'null') return null
  switch (field.type) {
    case 'bool':
      return field.default === 'true'
    case 'string':
      return field.default ?? ''
    case 'bytes':
    case 'records':
      return field.type === 'records' ? null : ''
    case 'uuid':
      return field.default ?? ZERO_UUID
    case 'array':
      return []
    case 'struct':
      return defaultStruct(field.fields)
    case 'float64':
      return Number(field.default ?? 0)
    default:
      return integer(field.default ?? '0')
  }
}

function integer(text: string): number | bigint {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

/** A struct in which every field has its default. */
export function defaultStruct(fields: readonly Field[]): JsonObject {
  const object: JsonObject = {}
  for (const field of fields) if (field.tag < 0) object[field.name] = defaultValue(field)
  return object
}

/** Whether a value is the field's default, so that a tagged field need not be written. */
export function isDefault(field: Field, value: JsonValue): boolean {
  return same(value, defaultValue(field))
}

function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && a.length + b.length === 0
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => same(a[key], b[key]))
}
