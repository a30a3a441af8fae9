/** What TLS looks like in its middle. */
import { u8, u16 } from '../../bytes/read.ts'
import { HEADER } from './opened.ts'
import { ALERT, APPLICATION_DATA, HANDSHAKE, MAX_CONTENT } from './records.ts'

/** What encryption of TLS 1.2 and 1.3 adds at least. */
const MIN_CONTENT = 17

function isSealed(bytes: Uint8Array, at: number): boolean {
  const type = u8(bytes, at)
  if (type !== APPLICATION_DATA && type !== ALERT && type !== HANDSHAKE) return false
  const size = u16(bytes, at + 3)
  return u16(bytes, at + 1) === 0x0303 && size >= MIN_CONTENT && size <= MAX_CONTENT
}

/**
 * Whether there are records of TLS 1.2 or 1.3 in these bytes, which may begin within one: two of them one after the
 * other, or one that is all there is.
 */
export function recordChain(bytes: Uint8Array): boolean {
  for (let at = 0; at + HEADER <= bytes.length; at++) {
    if (u8(bytes, at) !== APPLICATION_DATA || !isSealed(bytes, at)) continue
    const next = at + HEADER + u16(bytes, at + 3)
    if (at === 0 && next === bytes.length) return true
    if (next + HEADER <= bytes.length && isSealed(bytes, next)) return true
  }
  return false
}
