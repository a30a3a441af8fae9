/** Counters as ciphers use them. */

/** A count (below 2^53) as eight bytes, big-endian. */
export function counter64(count: number): Uint8Array {
  const bytes = new Uint8Array(8)
  addCounter(bytes, count)
  return bytes
}

/** A copy of the bytes with the count, as a big-endian number, xor'ed into their end: the nonce of RFC 8446, 5.3. */
export function xorCounter(bytes: Uint8Array, count: number): Uint8Array {
  const copy = new Uint8Array(bytes)
  addCounter(copy, count)
  return copy
}

function addCounter(bytes: Uint8Array, count: number): void {
  let rest = count
  for (let i = bytes.length - 1; rest > 0 && i >= 0; i--) {
    bytes[i]! ^= rest % 256
    rest = Math.floor(rest / 256)
  }
}

/** The offset of the last byte that is not zero, or -1. */
export function lastNonZero(bytes: Uint8Array): number {
  let i = bytes.length - 1
  while (i >= 0 && bytes[i] === 0) i--
  return i
}
