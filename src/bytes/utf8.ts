import { isUtf8 } from 'node:buffer'
import { KnownTexts } from './known-texts.ts'

/** From this many bytes on the native check is faster than the loop, call included. */
const NATIVE_FROM = 64

/** True where bytes `p` to `end` are well-formed UTF-8 (no surrogates, no overlong forms). Short ones allocate nothing. */
export function validUtf8(b: Uint8Array, p: number, end: number): boolean {
  if (end - p >= NATIVE_FROM) return isUtf8(b.subarray(p, end))
  let i = p
  while (i < end) {
    if (b[i]! < 0x80) i++
    else {
      const size = sequenceSize(b, i, end)
      if (size === 0) return false
      i += size
    }
  }
  return true
}

/** Bytes of the character of more than one byte that begins at `i`; 0 where none of Unicode's table 3-7 (RFC 3629) begins there. */
function sequenceSize(b: Uint8Array, i: number, end: number): number {
  const first = b[i]!
  const size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
  if (size === 0 || i + size > end) return 0
  const second = b[i + 1]!
  // Overlong forms, surrogates and what is above U+10FFFF show in the second byte.
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let k = i + 2; k < i + size; k++) if ((b[k]! & 0xc0) !== 0x80) return 0
  return size
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text of bytes `p` to `end`; what is not UTF-8 becomes U+FFFD. */
export const text = (b: Uint8Array, p: number, end: number): string => (p >= end ? '' : texts.text(b, p, end))

const texts = new KnownTexts(decoded)

function decoded(b: Uint8Array, p: number, end: number): string {
  if (end - p < 24) {
    let ascii = ''
    for (let i = p; i < end; i++) {
      const byte = b[i]!
      if (byte >= 0x80) return decoder.decode(b.subarray(p, end))
      ascii += String.fromCharCode(byte)
    }
    return ascii
  }
  return decoder.decode(b.subarray(p, end))
}
