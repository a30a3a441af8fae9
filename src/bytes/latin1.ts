import { Buffer } from 'node:buffer'

/** A character per byte, so that indexes into the text are offsets from `from`: for formats made of ASCII marks. */
export const latin1 = (bytes: Uint8Array, from: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString('latin1')
