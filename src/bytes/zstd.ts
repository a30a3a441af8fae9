/**
 * Zstandard frames (RFC 8878). The reader is ours (frames here, blocks in `zstd-block.ts`, entropy codes in
 * `zstd-entropy.ts`): fzstd allocates whatever window a header claims, node:zlib has zstd from 22.15 on only and stops
 * after the first of concatenated frames, and a reader of one's own gives the same answer on every Node.
 * Content checksums (XXH64) are passed over: the batch's CRC covers the same bytes.
 */
import * as zlib from 'node:zlib'
import { corrupt, DecompressError, Output } from './output.ts'
import { u8, u32le } from './read.ts'
import { BlockReader, MAX_BLOCK } from './zstd-block.ts'

const MAGIC = 0xfd2fb528
/** The lowest of sixteen magics of frames to be passed over. */
const SKIPPABLE_MAGIC = 0x184d2a50
/** Content size (4 bytes) follows, one segment: no window descriptor, no checksum. */
const STORED_FRAME = 0xa0

interface FrameHeader {
  /** Bytes, or -1. */
  readonly contentSize: number
  readonly maxBlock: number
  readonly checksum: boolean
  /** Where the blocks begin. */
  readonly end: number
}

/** The contents of one or more zstd frames. Throws a `DecompressError` on bad bytes or more than `limit` bytes out. */
export function zstdDecompress(b: Uint8Array, limit: number): Uint8Array {
  const out = new Output(limit, Math.max(1024, b.length * 4))
  let p = 0
  while (p < b.length || p === 0) {
    if (b.length - p < 8) corrupt(`${b.length - p} bytes where a zstd frame should begin`)
    const magic = u32le(b, p)
    if (magic === MAGIC) {
      p = readFrame(b, readFrameHeader(b, p), out)
    } else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      p += 8 + u32le(b, p + 4)
      if (p > b.length) corrupt('a skippable zstd frame is cut short')
    } else {
      corrupt('no zstd frame magic')
    }
  }
  return out.bytes()
}

function readFrameHeader(b: Uint8Array, start: number): FrameHeader {
  const flags = u8(b, start + 4)
  if (flags & 0x08) corrupt('a reserved bit of a zstd frame header is set')
  const single = (flags & 0x20) !== 0
  const sizeBytes = flags >> 6 === 0 ? (single ? 1 : 0) : 1 << (flags >> 6)
  const dictionaryBytes = (flags & 3) === 3 ? 4 : flags & 3
  const end = start + 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes
  if (end > b.length) corrupt('a zstd frame header is cut short')
  let p = start + 5
  let window = 0
  if (!single) {
    const descriptor = u8(b, p++)
    window = 2 ** (10 + (descriptor >> 3)) * (1 + (descriptor & 7) / 8)
  }
  for (let i = 0; i < dictionaryBytes; i++) {
    if (u8(b, p++) !== 0) throw new DecompressError('unsupported', 'a zstd frame with a dictionary')
  }
  let contentSize = sizeBytes === 0 ? -1 : sizeBytes === 2 ? 256 : 0
  for (let i = 0; i < sizeBytes; i++) contentSize += u8(b, p + i) * 256 ** i
  if (single) window = contentSize
  return { contentSize, maxBlock: Math.min(window, MAX_BLOCK), checksum: (flags & 4) !== 0, end }
}

/** Reads a frame's blocks; returns where the frame ends. */
function readFrame(b: Uint8Array, frame: FrameHeader, out: Output): number {
  if (frame.contentSize > out.limit - out.used) {
    throw new DecompressError('too-large', `${frame.contentSize} bytes come out, ${out.limit} are allowed`)
  }
  const frameStart = out.used
  const blocks = new BlockReader(out, frame.maxBlock)
  let p = frame.end
  for (let last = false; !last; ) {
    if (b.length - p < 3) corrupt('a zstd frame is cut short')
    const head = u8(b, p) | (u8(b, p + 1) << 8) | (u8(b, p + 2) << 16)
    p += 3
    last = (head & 1) === 1
    const type = (head >> 1) & 3
    const size = head >> 3
    const stored = type === 1 ? 1 : size
    if (stored > b.length - p) corrupt('a zstd block is cut short')
    if (size > frame.maxBlock) corrupt(`a zstd block of ${size} bytes, at most ${frame.maxBlock} are allowed`)
    if (type === 0) {
      out.append(b, p, p + size)
    } else if (type === 1) {
      out.room(size)
      out.data.fill(u8(b, p), out.used, out.used + size)
      out.used += size
    } else if (type === 2) {
      blocks.read(b, p, p + size)
    } else {
      corrupt('a zstd block of the reserved type')
    }
    p += stored
  }
  if (frame.contentSize >= 0 && out.used - frameStart !== frame.contentSize) {
    corrupt(`zstd content size ${frame.contentSize}, but ${out.used - frameStart} bytes`)
  }
  if (frame.checksum) p += 4
  if (p > b.length) corrupt('a zstd content checksum is cut short')
  return p
}

type Compressor = (bytes: Uint8Array) => Uint8Array

let compressor: Compressor | null = nodeCompressor()

function nodeCompressor(): Compressor | null {
  // The types of Node 20 do not know it.
  const found: unknown = Reflect.get(zlib, 'zstdCompressSync')
  return typeof found === 'function' ? (bytes) => new Uint8Array(found(bytes)) : null
}

/** Makes `zstdCompress` really compress where node:zlib cannot: loads a WebAssembly module on the first call. */
export async function loadZstdWriter(): Promise<void> {
  if (compressor !== null) return
  const wasm = await import('@bokuweb/zstd-wasm')
  await wasm.init()
  compressor = (bytes) => wasm.compress(bytes)
}

/** One zstd frame. Without a compressor (Node before 22.15 and no `loadZstdWriter`) its blocks are stored. */
export function zstdCompress(b: Uint8Array): Uint8Array {
  return compressor === null ? zstdStore(b) : compressor(b)
}

/** One zstd frame of stored blocks. */
export function zstdStore(b: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(b.length / MAX_BLOCK))
  const out = new Uint8Array(9 + b.length + blocks * 3)
  const view = new DataView(out.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint8(4, STORED_FRAME)
  view.setUint32(5, b.length, true)
  let p = 9
  for (let i = 0; i < blocks; i++) {
    const piece = b.subarray(i * MAX_BLOCK, (i + 1) * MAX_BLOCK)
    view.setUint16(p, ((piece.length << 3) | (i === blocks - 1 ? 1 : 0)) & 0xffff, true)
    view.setUint8(p + 2, piece.length >> 13)
    out.set(piece, p + 3)
    p += 3 + piece.length
  }
  return out
}
