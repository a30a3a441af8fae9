/**
 * LZ4 frames (lz4_Frame_format.md 1.6) as Kafka uses them: KafkaLZ4BlockOutputStream of kafka-clients, librdkafka's
 * bundled lz4. Block format in `lz4-block.ts`.
 */
import { matchBlock, readBlock } from './lz4-block.ts'
import { corrupt, DecompressError, Output } from './output.ts'
import { u8, u32le } from './read.ts'
import { xxh32 } from './xxh32.ts'

const MAGIC = 0x184d2204
const LEGACY_MAGIC = 0x184c2102
/** The lowest of sixteen magics of frames to be passed over. */
const SKIPPABLE_MAGIC = 0x184d2a50
/** FLG byte: version 1, blocks independent, no checksums, no content size. What the Java client writes. */
const PLAIN_FLAGS = 0x60
const BLOCK_64K = 0x40
/** An lz4 byte can stand for at most 255 bytes. */
const MAX_RATIO = 255
const STORED = 0x80000000

interface FrameHeader {
  readonly linked: boolean
  readonly blockChecksums: boolean
  readonly contentChecksum: boolean
  /** Bytes, or -1. */
  readonly contentSize: number
  readonly maxBlock: number
  /** Where the blocks begin. */
  readonly end: number
}

/**
 * The contents of one or more lz4 frames. Throws a `DecompressError` on bad bytes or more than `limit` bytes out.
 *
 * The Java client up to 0.9 hashed the frame's magic into the header checksum, and writes and reads message format v0
 * so to this day (KAFKA-3160); `anyHeaderChecksum` leaves that byte unchecked.
 */
export function lz4Decompress(b: Uint8Array, limit: number, anyHeaderChecksum = false): Uint8Array {
  const out = new Output(limit, Math.max(1024, b.length * 3))
  let p = 0
  while (p < b.length || p === 0) {
    if (b.length - p < 4) corrupt(`${b.length - p} bytes where an lz4 frame should begin`)
    const magic = u32le(b, p)
    if (magic === MAGIC) {
      p = readFrame(b, readFrameHeader(b, p, anyHeaderChecksum), out)
    } else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC && b.length - p >= 8) {
      p += 8 + u32le(b, p + 4)
      if (p > b.length) corrupt('a skippable lz4 frame is cut short')
    } else {
      if (magic === LEGACY_MAGIC) throw new DecompressError('unsupported', 'a legacy lz4 frame')
      corrupt('no lz4 frame magic')
    }
  }
  return out.bytes()
}

/** Whether the first frame between two offsets has blocks that refer to those before (FLG bit 5 is not set). */
export const lz4Linked = (b: Uint8Array, start: number, end: number): boolean =>
  end - start > 4 && u32le(b, start) === MAGIC && (u8(b, start + 4) & 0x20) === 0

function readFrameHeader(b: Uint8Array, start: number, anyChecksum: boolean): FrameHeader {
  if (b.length - start < 7) corrupt('an lz4 frame header is cut short')
  const flags = u8(b, start + 4)
  const sizes = u8(b, start + 5)
  if (flags >> 6 !== 1) corrupt(`lz4 frame version ${flags >> 6}`)
  if (flags & 0x02 || sizes & 0x8f) corrupt('reserved bits of an lz4 frame header are set')
  if (sizes >> 4 < 4) corrupt(`lz4 block size code ${sizes >> 4}`)
  if (flags & 0x01) throw new DecompressError('unsupported', 'an lz4 frame with a dictionary')
  const hasSize = (flags & 0x08) !== 0
  const checksumAt = start + (hasSize ? 14 : 6)
  if (checksumAt >= b.length) corrupt('an lz4 frame header is cut short')
  if (!anyChecksum && u8(b, checksumAt) !== ((xxh32(b, start + 4, checksumAt) >>> 8) & 0xff)) {
    corrupt('the lz4 frame header checksum does not match')
  }
  return {
    linked: (flags & 0x20) === 0,
    blockChecksums: (flags & 0x10) !== 0,
    contentChecksum: (flags & 0x04) !== 0,
    contentSize: hasSize ? u32le(b, start + 6) + u32le(b, start + 10) * 0x100000000 : -1,
    maxBlock: 1 << (8 + 2 * (sizes >> 4)),
    end: checksumAt + 1,
  }
}

/** Reads a frame's blocks; returns where the frame ends. */
function readFrame(b: Uint8Array, frame: FrameHeader, out: Output): number {
  const frameStart = out.used
  if (frame.contentSize > out.limit - frameStart) {
    if (frame.contentSize > (b.length - frame.end) * MAX_RATIO) corrupt('the lz4 content size is out of reach')
    throw new DecompressError('too-large', `${frame.contentSize} bytes come out, ${out.limit} are allowed`)
  }
  let p = frame.end
  for (;;) {
    if (b.length - p < 4) corrupt('an lz4 frame ends without an end mark')
    const word = u32le(b, p)
    p += 4
    if (word === 0) break
    const size = word & 0x7fffffff
    const trailer = frame.blockChecksums ? 4 : 0
    if (size > frame.maxBlock || size + trailer > b.length - p) corrupt(`an lz4 block claims ${size} bytes`)
    if (frame.blockChecksums && xxh32(b, p, p + size) !== u32le(b, p + size)) {
      corrupt('an lz4 block checksum does not match')
    }
    if (word >= STORED) out.append(b, p, p + size)
    else readBlock(b, p, p + size, out, frame.linked ? frameStart : out.used, frame.maxBlock)
    p += size + trailer
  }
  if (frame.contentSize >= 0 && out.used - frameStart !== frame.contentSize) {
    corrupt(`lz4 content size ${frame.contentSize}, but ${out.used - frameStart} bytes`)
  }
  if (frame.contentChecksum) {
    if (b.length - p < 4) corrupt('the lz4 content checksum is cut short')
    if (xxh32(out.data, frameStart, out.used) !== u32le(b, p)) corrupt('the lz4 content checksum does not match')
    p += 4
  }
  return p
}

/**
 * One lz4 frame as the Java client writes it: independent blocks of 64 KiB, no checksums but the header's. With
 * `brokenHeaderChecksum` that one covers the magic too, as in message format v0.
 */
export function lz4Compress(b: Uint8Array, brokenHeaderChecksum = false): Uint8Array {
  const blockSize = 1 << 16
  const blocks = Math.ceil(b.length / blockSize)
  const out = new Uint8Array(7 + b.length + blocks * 4 + 4)
  const view = new DataView(out.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint8(4, PLAIN_FLAGS)
  view.setUint8(5, BLOCK_64K)
  view.setUint8(6, (xxh32(out, brokenHeaderChecksum ? 0 : 4, 6) >>> 8) & 0xff)
  let p = 7
  for (let start = 0; start < b.length; start += blockSize) {
    const end = Math.min(b.length, start + blockSize)
    // Room for one byte less than stored: a block that does not shrink is stored.
    const size = matchBlock(b, start, end, out, p + 4, p + 4 + end - start - 1)
    if (size > 0) {
      view.setUint32(p, size, true)
      p += 4 + size
    } else {
      view.setUint32(p, STORED + end - start, true)
      out.set(b.subarray(start, end), p + 4)
      p += 4 + end - start
    }
  }
  view.setUint32(p, 0, true)
  return out.slice(0, p + 4)
}
