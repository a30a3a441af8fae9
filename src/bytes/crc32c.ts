/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4), which record batches of magic 2 carry (KIP-98). Slicing by 16: sixteen
 * tables let sixteen bytes be folded in at once, without a chain of dependent look-ups. Where the bytes lie on a
 * 4-byte boundary (after at most three single steps) whole little-endian words are read. Of long ones all but the end
 * is struck out first (`crc32c-wide.ts`).
 */
import { MIN_WIDE, shortened } from './crc32c-wide.ts'

const POLYNOMIAL = 0x82f63b78
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

const tables = makeTables()

function makeTables(): Int32Array {
  const t = new Int32Array(16 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    t[byte] = crc
  }
  for (let i = 256; i < t.length; i++) {
    const previous = t[i - 256]!
    t[i] = (previous >>> 8) ^ t[previous & 0xff]!
  }
  return t
}

function bytewise(crc: number, b: Uint8Array, start: number, end: number): number {
  const t = tables
  for (let p = start; p < end; p++) crc = (crc >>> 8) ^ t[(crc ^ b[p]!) & 0xff]!
  return crc
}

/** `words` 4-byte groups, a multiple of four of them, from word `w` on. */
function wordwise(crc: number, view: Int32Array, w: number, words: number): number {
  const t = tables
  for (const end = w + words; w < end; w += 4) {
    const a = crc ^ view[w]!
    const b = view[w + 1]!
    const c = view[w + 2]!
    const d = view[w + 3]!
    crc =
      t[3840 + (a & 0xff)]! ^
      t[3584 + ((a >>> 8) & 0xff)]! ^
      t[3328 + ((a >>> 16) & 0xff)]! ^
      t[3072 + (a >>> 24)]! ^
      t[2816 + (b & 0xff)]! ^
      t[2560 + ((b >>> 8) & 0xff)]! ^
      t[2304 + ((b >>> 16) & 0xff)]! ^
      t[2048 + (b >>> 24)]! ^
      t[1792 + (c & 0xff)]! ^
      t[1536 + ((c >>> 8) & 0xff)]! ^
      t[1280 + ((c >>> 16) & 0xff)]! ^
      t[1024 + (c >>> 24)]! ^
      t[768 + (d & 0xff)]! ^
      t[512 + ((d >>> 8) & 0xff)]! ^
      t[256 + ((d >>> 16) & 0xff)]! ^
      t[d >>> 24]!
  }
  return crc
}

/** The CRC-32C of the bytes from `start` up to `end`, as an unsigned 32-bit number. */
export function crc32c(b: Uint8Array, start = 0, end = b.length): number {
  const short = end - start >= MIN_WIDE ? shortened(b, start, end) : null
  return short ? ~register(0, short, 0, short.length) >>> 0 : ~register(-1, b, start, end) >>> 0
}

function register(initial: number, b: Uint8Array, start: number, end: number): number {
  let crc = initial
  let p = start
  if (LITTLE_ENDIAN && end - start >= 32) {
    const aligned = start + (-(b.byteOffset + start) & 3)
    crc = bytewise(crc, b, start, aligned)
    const words = ((end - aligned) >>> 4) << 2
    crc = wordwise(crc, new Int32Array(b.buffer, b.byteOffset + aligned, words), 0, words)
    p = aligned + words * 4
  }
  return bytewise(crc, b, p, end)
}

/**
 * Where the bytes that a CRC-32C covers end, if their start is known and the CRC is right: the least offset from
 * `first` to `last` at which the bytes from `start` on have this CRC; -1 if there is none. One slow pass (0.3 GB/s).
 */
export function crc32cEnd(b: Uint8Array, start: number, first: number, last: number, wanted: number): number {
  const t = tables
  const goal = ~wanted | 0
  let crc = bytewise(-1, b, start, first)
  for (let p = first; ; p++) {
    if (crc === goal) return p
    if (p >= last) return -1
    crc = (crc >>> 8) ^ t[(crc ^ b[p]!) & 0xff]!
  }
}
