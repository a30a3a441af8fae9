/**
 * Contents of exchanges in pieces that the page opens one at a time: gzip'd text with a line per exchange, in base64.
 * Two pieces go together: what filters look at (the JSON), and what only a chosen exchange needs (bytes and fields).
 */
import { Buffer } from 'node:buffer'
import { gzipSync } from 'node:zlib'

/** Characters of text in a piece; small enough to be opened in a few milliseconds. */
const CHUNK = 1 << 19

export interface Chunk {
  /** Base64 of gzip'd lines of JSON. */
  readonly json: string
  readonly details: string
}

export class Chunks {
  readonly done: Chunk[] = []
  /** Compressed bytes so far; what is not compressed yet is guessed at. */
  private packed = 0
  private json: string[] = []
  private details: string[] = []
  private characters = 0

  /** Adds an exchange's two lines and returns where they are. */
  add(json: string, details: string): { readonly chunk: number; readonly line: number } {
    if (this.characters > CHUNK) this.close()
    const at = { chunk: this.done.length, line: this.json.length }
    this.json.push(json)
    this.details.push(details)
    this.characters += json.length + details.length
    return at
  }

  /** Compressed bytes, about. */
  get size(): number {
    return this.packed + this.characters / 8
  }

  /** Compresses what is open. */
  close(): void {
    if (this.json.length === 0) return
    const json = pack(this.json)
    const details = pack(this.details)
    this.packed += ((json.length + details.length) * 3) / 4
    this.done.push({ json, details })
    this.json = []
    this.details = []
    this.characters = 0
  }
}

const pack = (lines: readonly string[]): string => packText(lines.join('\n'))

/** Text as base64 of its gzip'd UTF-8: nothing in it can be markup. */
export const packText = (text: string): string => gzipSync(Buffer.from(text)).toString('base64')
