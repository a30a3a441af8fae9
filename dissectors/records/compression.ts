/** The compression codecs of record batches (attributes, bits 0 to 2; CompressionType of kafka-clients). */
import { gzipCompress, gzipDecompress } from '../../src/bytes/gzip.ts'
import { lz4Compress, lz4Decompress } from '../../src/bytes/lz4.ts'
import { DecompressError, type DecompressReason, takeProduced } from '../../src/bytes/output.ts'
import { u8, u32le } from '../../src/bytes/read.ts'
import { isXerial, snappyCompress, snappyDecompress } from '../../src/bytes/snappy.ts'
import { zstdCompress, zstdDecompress } from '../../src/bytes/zstd.ts'

export { loadZstdWriter } from '../../src/bytes/zstd.ts'

/** By id, 0 to 4; zstd came with KIP-110, for magic 2 only. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Codec = (typeof CODECS)[number]

export type Decompressed =
  | { readonly bytes: Uint8Array }
  | {
      readonly error: {
        readonly reason: DecompressReason
        readonly message: string
        /** Bytes that were made before it failed: what the try cost. */
        readonly produced: number
      }
    }

/** A byte of deflate stands for at most so many. */
const GZIP_RATIO = 1032

/** The codec with this id, or null. */
export const codecOf = (id: number): Codec | null => CODECS[id] ?? null

/** The id of a codec, as the attributes hold it. */
export const codecId = (codec: Codec): number => CODECS.indexOf(codec)

/**
 * What compressed bytes hold; never throws. `limit`: bytes that may come out at most. `magic` of the batch: in format
 * v0 the Java client gets the header checksum of lz4 frames wrong, so it is not looked at there.
 */
export function decompress(codec: Codec, bytes: Uint8Array, limit: number, magic = 2): Decompressed {
  try {
    return { bytes: decoded(codec, bytes, limit, magic) }
  } catch (error) {
    const produced = codec === 'gzip' ? Math.min(limit, bytes.length * GZIP_RATIO) : takeProduced()
    if (error instanceof DecompressError) return { error: { reason: error.reason, message: error.message, produced } }
    // A fault of ours on bytes we did not foresee: an answer all the same, never the end of a session.
    return { error: { reason: 'corrupt', message: `${codec}: ${String(error)}`, produced } }
  } finally {
    takeProduced()
  }
}

function decoded(codec: Codec, bytes: Uint8Array, limit: number, magic: number): Uint8Array {
  switch (codec) {
    case 'none':
      if (bytes.length > limit) throw new DecompressError('too-large', `${bytes.length} bytes, ${limit} are allowed`)
      return bytes
    case 'gzip':
      return gzipDecompress(bytes, limit)
    case 'snappy':
      return snappyDecompress(bytes, limit)
    case 'lz4':
      return lz4Decompress(bytes, limit, magic === 0)
    case 'zstd':
      return zstdDecompress(bytes, limit)
  }
}

/**
 * Compresses as the Java client does (snappy in xerial framing, lz4 frames by `magic`). zstd is stored, not compressed,
 * where neither node:zlib has it nor `loadZstdWriter` was awaited.
 */
export function compress(codec: Codec, bytes: Uint8Array, magic = 2): Uint8Array {
  switch (codec) {
    case 'none':
      return bytes
    case 'gzip':
      return gzipCompress(bytes)
    case 'snappy':
      return snappyCompress(bytes)
    case 'lz4':
      return lz4Compress(bytes, magic === 0)
    case 'zstd':
      return zstdCompress(bytes)
  }
}

/** Which codec the bytes look like by their first few; null where none shows (uncompressed, raw snappy). */
export function codecByMagic(bytes: Uint8Array, at: number, end: number): Codec | null {
  if (end - at < 4) return null
  if (u8(bytes, at) === 0x1f && u8(bytes, at + 1) === 0x8b) return 'gzip'
  if (isXerial(bytes, at)) return 'snappy'
  const word = u32le(bytes, at)
  return word === 0x184d2204 ? 'lz4' : word === 0xfd2fb528 ? 'zstd' : null
}
