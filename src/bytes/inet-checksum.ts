/** The checksum of IP, TCP and UDP (RFC 1071). */

/** Words whose sum is surely below 2^31, which keeps it a small integer for the engine. */
const WORDS = 16_384

/** Adds 16-bit words, an odd last byte padded with zero, to a sum that is not folded yet. */
export function inetSum(b: Uint8Array, from: number, end: number, sum: number): number {
  let total = sum
  const even = from + ((end - from) & ~1)
  for (let p = from; p < even; ) {
    const until = Math.min(even, p + 2 * WORDS)
    let part = 0
    for (; p < until; p += 2) part = (part + ((b[p]! << 8) | b[p + 1]!)) | 0
    total += part
  }
  if (even < end) total += b[even]! << 8
  return total
}

/** Folds a sum to 16 bits and complements it. */
export function inetChecksum(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000)
  return ~folded & 0xffff
}
