/** LZ4 blocks (lz4_Block_format.md): sequences of a token, literals, and a match of at least four bytes. */
import { copyBack, copyBytes, corrupt, DecompressError, type Output } from './output.ts'

const MAX_RATIO = 255
const MIN_MATCH = 4
/** The last match starts at least 12 bytes before the end, and the last five bytes are literals. */
const NO_MATCH_TAIL = 12
const LAST_LITERALS = 5
const HASH_BITS = 12

/**
 * Reads one block into `out`. Matches reach back to `low` (an offset in `out.data`) at most; more than `maxBlock`
 * bytes are refused. Throws a `DecompressError`.
 */
export function readBlock(b: Uint8Array, p: number, end: number, out: Output, low: number, maxBlock: number): void {
  const room = out.roomUpTo(Math.min(maxBlock, (end - p) * MAX_RATIO))
  const o = out.data
  let q = out.used
  for (;;) {
    if (p >= end) corrupt('an lz4 block is cut short')
    const token = b[p++]!
    let literals = token >> 4
    if (literals === 15) {
      let more = 255
      while (more === 255 && p < end) literals += more = b[p++]!
    }
    if (literals > end - p) corrupt('lz4 literals reach over the end of their block')
    if (literals > room - q) overflow(out, maxBlock)
    copyBytes(b, p, o, q, literals)
    p += literals
    q += literals
    if (p >= end) break
    if (end - p < 2) corrupt('an lz4 block is cut short')
    const distance = b[p]! | (b[p + 1]! << 8)
    p += 2
    let length = (token & 15) + MIN_MATCH
    if (length === 19) {
      let more = 255
      while (more === 255 && p < end) length += more = b[p++]!
    }
    if (distance === 0 || distance > q - low) corrupt(`an lz4 match reaches ${distance} bytes back`)
    if (length > room - q) overflow(out, maxBlock)
    copyBack(o, q, distance, length)
    q += length
  }
  out.used = q
}

function overflow(out: Output, maxBlock: number): never {
  if (out.used + maxBlock <= out.limit) corrupt('an lz4 block holds more than its frame allows')
  throw new DecompressError('too-large', `more than ${out.limit} bytes come out`)
}

const heads = new Int32Array(1 << HASH_BITS)

/**
 * Compresses up to 64 KiB as one block into `o`, between `q` and `room`; returns its size, or 0 where it does not fit.
 * Greedy, one candidate per hash of four bytes: fast, and enough for traffic that we make ourselves.
 */
export function matchBlock(b: Uint8Array, start: number, end: number, o: Uint8Array, q: number, room: number): number {
  heads.fill(-1)
  const begin = q
  let anchor = start
  let p = start
  const lastStart = end - NO_MATCH_TAIL
  while (p <= lastStart) {
    const word = b[p]! | (b[p + 1]! << 8) | (b[p + 2]! << 16) | (b[p + 3]! << 24)
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS)
    const candidate = heads[slot]!
    heads[slot] = p
    const length = candidate < 0 ? 0 : matchLength(b, candidate, p, end - LAST_LITERALS)
    if (length < MIN_MATCH) {
      // Steps grow in bytes that do not repeat.
      p += 1 + ((p - anchor) >> 6)
      continue
    }
    q = writeSequence(b, anchor, p - anchor, p - candidate, length, o, q, room)
    if (q < 0) return 0
    p += length
    anchor = p
  }
  q = writeSequence(b, anchor, end - anchor, 0, MIN_MATCH, o, q, room)
  return q < 0 ? 0 : q - begin
}

function matchLength(b: Uint8Array, candidate: number, p: number, end: number): number {
  const from = p
  // A hash slot may be of other bytes; distances fit as a block is no longer than 64 KiB.
  while (p < end && b[candidate] === b[p]) {
    candidate++
    p++
  }
  return p - from
}

/** Writes literals and a match (none where the distance is 0); returns the next offset, or -1 without room. */
function writeSequence(
  b: Uint8Array,
  at: number,
  literals: number,
  distance: number,
  length: number,
  o: Uint8Array,
  q: number,
  room: number,
): number {
  if (q + literals + Math.floor((literals + length) / 255) + 5 > room) return -1
  const extra = length - MIN_MATCH
  o[q++] = (Math.min(literals, 15) << 4) | Math.min(extra, 15)
  q = writeLength(o, q, literals)
  copyBytes(b, at, o, q, literals)
  q += literals
  if (distance === 0) return q
  o[q++] = distance & 0xff
  o[q++] = distance >> 8
  return writeLength(o, q, extra)
}

function writeLength(o: Uint8Array, q: number, value: number): number {
  let rest = value - 15
  if (rest < 0) return q
  for (; rest >= 255; rest -= 255) o[q++] = 255
  o[q++] = rest
  return q
}
