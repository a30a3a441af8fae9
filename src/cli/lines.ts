/** Lines of a stream of bytes, one at a time, of bounded length. */
import { Buffer } from 'node:buffer'

/** 64 MiB of text: a message of 32 MiB in hex. Kafka's default for the largest answer to a fetch is 50 MiB. */
export const MAX_LINE = 64 * 1024 * 1024

/** A line without its end, or, for a line longer than the limit, its length in bytes (it is not kept). */
export type Line = string | { readonly tooLong: number }

const NEWLINE = 10

/** Splits at `\n`; a `\r` in front of it, white space and empty lines are dropped. */
export async function* linesOf(input: AsyncIterable<Uint8Array>, limit = MAX_LINE): AsyncGenerator<Line> {
  let pieces: Uint8Array[] = []
  let length = 0
  const take = (): Line => {
    const line = length > limit ? { tooLong: length } : textOf(pieces)
    pieces = []
    length = 0
    return line
  }
  const add = (piece: Uint8Array): void => {
    length += piece.length
    if (length > limit) pieces = []
    else if (piece.length > 0) pieces.push(piece)
  }
  for await (const chunk of input) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end))
      from = end + 1
      const line = take()
      if (line !== '') yield line
    }
    add(chunk.subarray(from))
  }
  const last = take()
  if (last !== '') yield last
}

const textOf = (pieces: readonly Uint8Array[]): string =>
  (pieces.length === 1 ? asBuffer(pieces[0]!) : Buffer.concat(pieces)).toString('utf8').trim()

const asBuffer = (b: Uint8Array): Buffer => Buffer.from(b.buffer, b.byteOffset, b.length)
