/** Comparisons of bytes with bytes. As everywhere in this folder, callers have checked bounds. */

/** True where `length` bytes of `a` from `p` equal those of `b` from `q`. */
export function sameBytes(a: Uint8Array, p: number, b: Uint8Array, q: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[p + i] !== b[q + i]) return false
  return true
}

/** How many bytes from `p` to `end` are printable ASCII, tab, CR or LF, before the first that is none. */
export function textRun(b: Uint8Array, p: number, end: number): number {
  let i = p
  for (; i < end; i++) {
    const byte = b[i]!
    if ((byte < 0x20 || byte > 0x7e) && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) break
  }
  return i - p
}

/** True where `length` bytes from `p` are zero. */
export function allZero(b: Uint8Array, p: number, length: number): boolean {
  for (let i = p; i < p + length; i++) if (b[i] !== 0) return false
  return true
}
