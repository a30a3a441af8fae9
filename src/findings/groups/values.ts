/** Values of decoded bodies, whatever they are: a wrong type is as good as a missing field. */
import { isObject, type JsonObject, type JsonValue } from '../../codec/json-text.ts'

export const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
export const textOrNull = (value: JsonValue | undefined): string | null => (typeof value === 'string' ? value : null)

/** A number, or `none` where there is none. */
export const numberOf = (value: JsonValue | undefined, none: number): number =>
  typeof value === 'number' ? value : none

export const objectOf = (value: JsonValue | undefined): JsonObject | null => (isObject(value) ? value : null)

export const objectsOf = (value: JsonValue | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : []

export const textsOf = (value: JsonValue | undefined): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

export const numbersOf = (value: JsonValue | undefined): number[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'number') : []
