import { isUtf8 } from 'node:buffer'

/** Above this many bytes the native check is faster than the loop, call included. */
const NATIVE_FROM = 48

/** True where bytes `p` to `end` are well-formed UTF-8 (no surrogates, no overlong forms). Allocates nothing for ASCII. */
export function validUtf8(b: Uint8Array, p: number, end: number): boolean {
  if (end - p < NATIVE_FROM) {
    let i = p
    while (i < end && b[i]! < 0x80) i++
    if (i === end) return true
  }
  return isUtf8(b.subarray(p, end))
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text of bytes `p` to `end`; what is not UTF-8 becomes U+FFFD. */
export function text(b: Uint8Array, p: number, end: number): string {
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
