/**
 * Contents of exchanges in pieces that the page opens one at a time: gzip'd text with a line per exchange, in base64.
 * Two pieces go together: what filters look at (the JSON), and what only a chosen exchange needs (bytes and fields).
 */
import { Buffer } from 'node:buffer'
import { gzipSync } from 'node:zlib'
import { DetailLines } from './details.ts'
import type { PageDetail } from './model.ts'

/** Characters of text in a piece: it is opened in some 20 ms, and texts that frames share are stored once in it. */
const CHUNK = 1 << 21

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
  private details = new DetailLines()
  private characters = 0

  /** Adds an exchange's JSON and details, and returns where they are. */
  add(json: string, details: PageDetail): { readonly chunk: number; readonly line: number } {
    if (this.characters > CHUNK) this.close()
    const at = { chunk: this.done.length, line: this.json.length }
    this.json.push(json)
    this.characters += json.length + this.details.add(details)
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
    const details = pack(this.details.lines())
    this.packed += ((json.length + details.length) * 3) / 4
    this.done.push({ json, details })
    this.json = []
    this.details = new DetailLines()
    this.characters = 0
  }
}

const pack = (lines: readonly string[]): string => packText(lines.join('\n'))

/** A fifth larger than the usual 6, in half its time. */
const LEVEL = 4

/** Text as base64 of its gzip'd UTF-8: nothing in it can be markup. */
export const packText = (text: string): string => gzipSync(Buffer.from(text), { level: LEVEL }).toString('base64')
