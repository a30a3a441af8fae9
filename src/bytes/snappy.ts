/**
 * Snappy: raw blocks (google/snappy format_description.txt), as librdkafka writes them, and the framing of snappy-java
 * ("xerial"), as the Java client does: a header of 16 bytes, then chunks with an int32 length each.
 * The reader is ours: snappyjs spins forever on a literal whose four length bytes have the top bit set.
 */
import { Buffer } from 'node:buffer'
import { compress } from 'snappyjs'
import { copyBack, copyBytes, corrupt, DecompressError, Output } from './output.ts'
import { i32, u8, uvarint, varintEnd } from './read.ts'

/** 0x82 "SNAPPY" 0x00, then version and least compatible version, both 1. */
const XERIAL_HEADER = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1)
const XERIAL_MAGIC_SIZE = 8
/** The block size of snappy-java, which the Java client keeps. */
const XERIAL_CHUNK = 32 * 1024
/** A copy takes three bytes and gives at most 64. */
const MAX_RATIO = 22

/** Whether the bytes begin as snappy-java's framing does. */
export function isXerial(b: Uint8Array, p = 0): boolean {
  if (b.length - p < XERIAL_HEADER.length) return false
  for (let i = 0; i < XERIAL_MAGIC_SIZE; i++) if (u8(b, p + i) !== u8(XERIAL_HEADER, i)) return false
  return true
}

/** The contents of snappy bytes, raw or in xerial framing. Throws a `DecompressError` on bad bytes or over `limit`. */
export function snappyDecompress(b: Uint8Array, limit: number): Uint8Array {
  if (!isXerial(b)) {
    const out = new Output(limit, 0)
    readRaw(b, 0, b.length, out)
    return out.bytes()
  }
  const out = new Output(limit, b.length * 3)
  let p = 0
  while (p < b.length) {
    // Streams may be concatenated: a header in place of a chunk begins the next.
    if (isXerial(b, p)) {
      p += XERIAL_HEADER.length
      continue
    }
    if (b.length - p < 4) corrupt('a snappy chunk length is cut short')
    const size = i32(b, p)
    p += 4
    if (size < 0 || size > b.length - p) corrupt(`a snappy chunk claims ${size} bytes`)
    readRaw(b, p, p + size, out)
    p += size
  }
  return out.bytes()
}

/** One raw block, from `p` to `end`. */
function readRaw(b: Uint8Array, p: number, end: number, out: Output): void {
  const size = uvarint(b, p, end)
  if (size < 0) corrupt('a snappy block has no sound length')
  p = varintEnd
  if (size > (end - p) * MAX_RATIO) corrupt(`${end - p} bytes of snappy cannot hold ${size} bytes`)
  if (out.used + size > out.limit) throw new DecompressError('too-large', `more than ${out.limit} bytes come out`)
  out.room(size)
  const o = out.data
  const start = out.used
  const room = start + size
  let q = start
  while (p < end) {
    const tag = b[p++]!
    const kind = tag & 3
    // Bytes after the tag: of a copy's offset, or of a long literal's length.
    const extra = kind === 0 ? Math.max(0, (tag >> 2) - 59) : kind === 3 ? 4 : kind
    if (extra > end - p) corrupt('a snappy block is cut short')
    if (kind === 0) {
      let length = tag >> 2
      if (extra > 0) {
        length = 0
        for (let i = extra - 1; i >= 0; i--) length = length * 256 + b[p + i]!
        p += extra
      }
      length++
      if (length > end - p) corrupt('a snappy literal reaches over the end')
      if (length > room - q) corrupt('a snappy block holds more than it claims')
      copyBytes(b, p, o, q, length)
      p += length
      q += length
      continue
    }
    let distance = b[p]!
    if (kind === 1) distance |= (tag >> 5) << 8
    else distance |= b[p + 1]! << 8
    if (kind === 3) distance = (distance | (b[p + 2]! << 16) | (b[p + 3]! << 24)) >>> 0
    p += extra
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    if (distance === 0 || distance > q - start) corrupt(`a snappy copy reaches ${distance} bytes back`)
    if (length > room - q) corrupt('a snappy block holds more than it claims')
    copyBack(o, q, distance, length)
    q += length
  }
  if (q !== room) corrupt(`a snappy block claims ${size} bytes, but holds ${q - start}`)
  out.used = q
}

/** Snappy in xerial framing, as the Java client writes it; `raw` without, as librdkafka does. */
export function snappyCompress(b: Uint8Array, raw = false): Uint8Array {
  if (raw) return compress(b)
  const parts: Uint8Array[] = [XERIAL_HEADER]
  for (let p = 0; p < b.length; p += XERIAL_CHUNK) {
    const chunk = compress(b.subarray(p, p + XERIAL_CHUNK))
    const length = new Uint8Array(4)
    new DataView(length.buffer).setInt32(0, chunk.length)
    parts.push(length, chunk)
  }
  return Uint8Array.from(Buffer.concat(parts))
}
