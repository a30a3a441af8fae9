/**
 * How surprising a value is, in bits: what it would take to write it down for somebody who knows what sane Kafka messages
 * hold. A reading's bits say how plausible it is; the right reading of broken bytes has names, known error codes and small
 * numbers where a wrong one has noise.
 */
import { isKnownError } from '../../../dissectors/errors.ts'

/** 2000 to 2040, in milliseconds. */
const SANE_TIMES = [946_684_800_000, 2_208_988_800_000] as const

/** An integer of so many bytes. */
export function integerBits(value: number | bigint, width: number, isError: boolean): number {
  if (isError) return value === 0 ? 1 : isKnownError(Number(value)) ? 11 : 8 * width + 4
  if (value === 0) return 1.5
  if (value === -1 || value === 1) return 3
  const limit = 2 ** (8 * width - 1)
  if (Number(value) >= limit - 1 || Number(value) <= -limit) return 7
  if (width === 8 && value >= SANE_TIMES[0] && value <= SANE_TIMES[1]) return 36
  // Small numbers are likely, whatever room they have.
  return Math.min(mostBits(width), sizeBits(value))
}

/** What noise of so many bytes costs as a number. */
export const mostBits = (width: number): number => 8 * width + 3

/** Bits of a number by how large it is, whatever room it has. */
export const sizeBits = (value: number | bigint): number =>
  (value > 0 ? 4 : 7) + 1.2 * Math.log2(Math.abs(Number(value)) + 1)

/** A number of a field, by its type and name. */
export function fieldBits(value: number | bigint, width: number, type: string, name: string): number {
  // Ports: any is as good as another.
  if (type === 'uint16') return value === 0 ? 3 : 14
  return integerBits(value, width, name === 'errorCode')
}

/** Bytes that may be a number: as the integer that they would be, where they have the size of one. */
export function strayBits(bytes: Uint8Array): number {
  const { length } = bytes
  if (length !== 1 && length !== 2 && length !== 4 && length !== 8) return 8 * length + 4
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return integerBits(Number(BigInt.asIntN(8 * length, value)), length, false)
}

/** The number of a tag that no version has: a small one, or one at the edge of what a varint of its size holds. */
export const tagBits = (tag: number): number =>
  tag < 32 ? 5 : isRound(tag) ? 8 : Math.max(10, 2 + 2 * Math.log2(tag + 1))

const isRound = (n: number): boolean => [-1, 0, 1, 2].some((by) => Number.isInteger(Math.log2(n + by)))

/** A count of array elements. */
export const countBits = (count: number): number => (count < 0 ? 2 : 2 + 2 * Math.log2(count + 1))

/** Bits by byte of text: letters, digits and the signs of names are likely, controls are not. */
const CHARACTER = new Float64Array(256)
for (let byte = 0; byte < 256; byte++) {
  const c = String.fromCharCode(byte)
  if (/[a-z]/.test(c)) CHARACTER[byte] = 4.8
  else if (/[0-9._-]/.test(c)) CHARACTER[byte] = 5.2
  else if (/[A-Z]/.test(c)) CHARACTER[byte] = 6
  else if (byte >= 0x20 && byte < 0x7f) CHARACTER[byte] = 8
  else CHARACTER[byte] = byte >= 0x80 ? 5.5 : /\s/.test(c) ? 8 : 20
}

/** Bytes of a character of UTF-8 after its first byte; -1 for what is none. */
const following = (byte: number): number =>
  byte < 0x80 ? 0 : byte < 0xc2 ? -1 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : byte < 0xf5 ? 3 : -1

/** Of a longer text that much speaks for all of it. */
export const MOST_TEXT = 4096

/** A string's length and characters; `valid` says whether they are UTF-8. */
export function textBits(bytes: Uint8Array, valid: boolean): number {
  const size = bytes.length
  const part = size > MOST_TEXT ? bytes.subarray(0, MOST_TEXT) : bytes
  let bits = 0
  let last = -1
  for (const byte of part) {
    bits += byte === last && byte >= 0x20 ? 2 : CHARACTER[byte]!
    last = byte
  }
  if (!valid) bits += 6 * strayBytes(part)
  return 4 + 1.5 * Math.log2(size + 1) + bits * (size > MOST_TEXT ? size / MOST_TEXT : 1)
}

/** How many bytes belong to no character. */
function strayBytes(bytes: Uint8Array): number {
  let stray = 0
  let awaited = 0
  for (const byte of bytes) {
    if (awaited > 0 && (byte & 0xc0) === 0x80) awaited--
    else {
      stray += awaited > 0 ? 1 : 0
      const more = following(byte)
      stray += more < 0 ? 1 : 0
      awaited = Math.max(0, more)
    }
  }
  return stray + (awaited > 0 ? 1 : 0)
}

/** Bytes of which nothing is known. */
export const opaqueBits = (length: number): number => 6 + 1.5 * Math.log2(length + 1) + 8 * length

/** A bytes field that looks like what it should hold: cheaper, so that it is not mistaken for noise. */
export const likelyBits = (length: number): number => 6 + 1.5 * Math.log2(length + 1) + 3 * length
