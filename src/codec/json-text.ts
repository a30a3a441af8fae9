/**
 * JSON text with whole int64s: they are numbers where a double holds them exactly, else bigints, and are printed as
 * plain integers either way.
 */
import { randomUUID } from 'node:crypto'
import { writeOut } from '../bytes/safe-text.ts'

export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject
export interface JsonObject {
  [key: string]: JsonValue
}

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One line of JSON. What could do harm where it is shown (`safe-text.ts`) is escaped. */
export function printJson(value: unknown): string {
  let text: string
  try {
    text = JSON.stringify(value)
  } catch {
    text = printWithBigints(value)
  }
  return writeOut(text, escapeUnits)
}

/** What JSON.stringify leaves bare although a terminal may act on it or show nothing of it; parsing gives it back. */
const escapeUnits = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('')

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

/**
 * Parses JSON; integers beyond 2^53 become bigints. Throws SyntaxError; RangeError where it is nested beyond the stack.
 * Takes memory in proportion to the text (lossless-json builds long strings by the character: 30 times as much).
 */
export function parseJson(text: string): JsonValue {
  const marked = markBigIntegers(text)
  if (marked === null) return JSON.parse(text) as JsonValue
  return unmark(JSON.parse(marked) as JsonValue)
}

/**
 * An integer of 16 to 40 digits that stands for itself: no fraction, no part of another number, no key. Longer ones are
 * no integers of the protocol and become doubles: a bigint of a million digits takes seconds.
 */
const BIG_INTEGER = /(?<![\d.eE+-])-?[1-9]\d{15,39}(?!\d|[.eE]|\s*:)/g

/** In front of integers that were put in quotes. Nobody can guess it, so no string of the text begins so. */
const MARK = `int:${randomUUID()}:`

/** The text with its big integers as marked strings; null where it has none. */
function markBigIntegers(text: string): string | null {
  if (!/\d{16}/.test(text)) return null
  let found = false
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at)
    const between = text.slice(at, quote < 0 ? text.length : quote)
    const marked = between.replace(BIG_INTEGER, `"${MARK}$&"`)
    found ||= marked !== between
    pieces.push(marked)
    if (quote < 0) break
    at = endOfString(text, quote)
    pieces.push(text.slice(quote, at))
  }
  return found ? pieces.join('') : null
}

/** The offset after the string that begins at a quote. */
function endOfString(text: string, quote: number): number {
  for (let at = quote + 1; ; at++) {
    at = text.indexOf('"', at)
    if (at < 0) return text.length
    let backslashes = 0
    while (text.charAt(at - 1 - backslashes) === '\\') backslashes++
    if (backslashes % 2 === 0) return at + 1
  }
}

function unmark(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.startsWith(MARK) ? integer(value.slice(MARK.length)) : value
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(unmark)
  for (const [key, inner] of Object.entries(value)) {
    const plain = unmark(inner)
    if (plain !== inner) Object.defineProperty(value, key, { ...PROPERTY, value: plain })
  }
  return value
}

/** Defined, not assigned: a key may be called `__proto__`. */
const PROPERTY = { writable: true, enumerable: true, configurable: true }

function integer(text: string): number | bigint {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}
