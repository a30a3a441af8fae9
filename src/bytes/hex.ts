import { Buffer } from 'node:buffer'
import { KnownTexts } from './known-texts.ts'

/** Lower-case hex digits of bytes `from` to `end`. */
export function toHex(bytes: Uint8Array, from = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString('hex')
}

/** Bytes of hex digits; white space between them is allowed. Throws with the place of the first other character. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '')
  const bad = digits.search(/[^0-9a-fA-F]/)
  if (bad >= 0) throw new Error(`hex: "${digits[bad]}" at digit ${bad} is no hex digit`)
  if (digits.length % 2) throw new Error(`hex: odd number of digits (${digits.length})`)
  return Buffer.from(digits, 'hex')
}

export const toBase64 = (bytes: Uint8Array, from: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString('base64')

/** A uuid as Kafka's Uuid prints it: URL-safe base64 of its 16 bytes, without padding. */
export const toUuid = (bytes: Uint8Array, at: number): string => uuids.text(bytes, at, at + 16)

const uuids = new KnownTexts((bytes, at) => Buffer.from(bytes.buffer, bytes.byteOffset + at, 16).toString('base64url'))

/** The uuid that means none. */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'

/** Strict base64 (the plain or the URL-safe alphabet, padding optional); null where the text is none. */
export function fromBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === Math.floor((text.replace(/=+$/, '').length * 3) / 4) ? bytes : null
}
