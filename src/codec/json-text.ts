/**
 * JSON text with whole int64s: they are numbers where a double holds them exactly, else bigints, and are printed as
 * plain integers either way.
 */
import { parse } from 'lossless-json'

export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject
export interface JsonObject {
  [key: string]: JsonValue
}

/** One line of JSON. Control characters, lone surrogates and bidirectional overrides are escaped. */
export function printJson(value: unknown): string {
  let text: string
  try {
    text = JSON.stringify(value)
  } catch {
    text = printWithBigints(value)
  }
  return text.replace(UNSAFE, escapeCharacter)
}

/** What JSON.stringify leaves bare although a terminal may act on it: DEL, C1 controls, bidirectional and line controls. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g
const escapeCharacter = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`

function printWithBigints(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return `[${value.map((item) => printWithBigints(item ?? null)).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const parts: string[] = []
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined) parts.push(`${JSON.stringify(key)}:${printWithBigints(item)}`)
    }
    return `{${parts.join(',')}}`
  }
  return JSON.stringify(value)
}

/** Parses JSON; integers beyond 2^53 become bigints. Throws SyntaxError. */
export function parseJson(text: string): JsonValue {
  if (!/\d{16}/.test(text)) return JSON.parse(text) as JsonValue
  return parse(text, null, parseNumber) as JsonValue
}

function parseNumber(text: string): number | bigint {
  if (/[.eE]/.test(text)) return Number(text)
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}
