/** gzip (RFC 1952) by node:zlib. Several members in a row are read as one, as java.util.zip does. */
import { gunzipSync, gzipSync } from 'node:zlib'
import { DecompressError } from './output.ts'

/** The contents of gzip'd bytes. Throws a `DecompressError` on bad bytes or over `limit`. */
export function gzipDecompress(b: Uint8Array, limit: number): Uint8Array {
  try {
    return plain(gunzipSync(b, { maxOutputLength: Math.max(1, limit) }))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new DecompressError('too-large', `more than ${limit} bytes come out`)
    throw new DecompressError('corrupt', `gzip: ${error instanceof Error ? error.message : 'failed'}`)
  }
}

/** gzip'd bytes, at zlib's default level as the Java client does. */
export function gzipCompress(b: Uint8Array): Uint8Array {
  return plain(gzipSync(b))
}

/** A Uint8Array that is no Buffer, so that all codecs give the same class. */
function plain(b: Uint8Array): Uint8Array {
  return new Uint8Array(b.buffer, b.byteOffset, b.length)
}
