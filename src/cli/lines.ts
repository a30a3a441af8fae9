/**
 * Lines of a stream of bytes, one at a time. Memory is that of the longest line: all lines are gathered in one buffer,
 * and a line that would take too much, as text or as JSON, is only counted.
 */
import { Buffer } from 'node:buffer'

/** 48 MiB of text: a message of 24 MiB in hex. Its answer takes ten times as much memory while it is made. */
export const MAX_LINE = 48 * 1024 * 1024
/** Values of a line of JSON, counted by what stands in front of them. Short ones take a hundred times their text in memory. */
export const MAX_VALUES = 500_000

/** A line without its end; or what is said of one that is not kept. */
export type Line = string | { readonly refused: string }

const NEWLINE = 0x0a
const BEFORE_VALUES = [0x2c, 0x5b, 0x7b]

/** Splits at `\n`. White space around a line is dropped, and so are lines of nothing else. */
export async function* linesOf(input: AsyncIterable<Uint8Array>, limit = MAX_LINE): AsyncGenerator<Line> {
  for await (const line of everyLine(input, limit)) if (line !== '') yield line
}

/** As `linesOf`, with the empty lines: the first is line 1. */
export async function* everyLine(input: AsyncIterable<Uint8Array>, limit = MAX_LINE): AsyncGenerator<Line> {
  const gathered = new LineBuffer(limit)
  for await (const chunk of input) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      gathered.add(chunk.subarray(from, end))
      from = end + 1
      yield gathered.take()
    }
    gathered.add(chunk.subarray(from))
  }
  const last = gathered.take()
  if (last !== '') yield last
}

const FIRST_SIZE = 64 * 1024

class LineBuffer {
  private bytes = Buffer.allocUnsafe(FIRST_SIZE)
  private length = 0
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  add(piece: Uint8Array): void {
    const end = this.length + piece.length
    if (end <= this.limit) {
      if (end > this.bytes.length) this.grow(end)
      this.bytes.set(piece, this.length)
    }
    this.length = end
  }

  private grow(needed: number): void {
    const bigger = Buffer.allocUnsafe(Math.max(needed, Math.min(this.limit, this.bytes.length * 2)))
    this.bytes.copy(bigger, 0, 0, Math.min(this.length, this.bytes.length))
    this.bytes = bigger
  }

  take(): Line {
    const { length } = this
    this.length = 0
    if (length > this.limit) return { refused: `a line has at most ${this.limit} bytes, this has ${length}` }
    const line = this.bytes.subarray(0, length)
    if (length > MAX_VALUES && valuesIn(line) > MAX_VALUES) {
      return { refused: `a line has at most ${MAX_VALUES} values, this has more` }
    }
    return line.toString('utf8').trim()
  }
}

function valuesIn(line: Uint8Array): number {
  let count = 0
  for (const mark of BEFORE_VALUES) {
    for (let at = line.indexOf(mark); at >= 0; at = line.indexOf(mark, at + 1)) count++
  }
  return count
}
