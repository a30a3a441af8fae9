/**
 * Segments on their way from the relay's thread to the observer's, many in one message: a table of numbers for the
 * data segments, their bytes copied one after the other into one block, everything else as objects. Order is kept.
 *
 * A block is given to the observer's thread with the message, and comes back once it was looked at: memory that is still
 * in a processor's cache is worth as much as the copy costs.
 */
import { Buffer } from 'node:buffer'
import type { Segment } from '../session/segment.ts'

/** Numbers in a row: what, connection, time, place, offset, length. */
const ROW = 6
/** `what`: a data segment of either direction, or the next of `others`. */
const What = { request: 0, response: 1, other: 2 } as const
/** `place`: the block, or the index of one in `large`. */
const BLOCK = -1

/** Bytes of a block: a few of the largest reads (`intake.ts`). */
export const BLOCK_SIZE = 1024 * 1024
/** Blocks that are kept for later: more are there only after the observer has lagged. */
const MAX_SPARE = 8
/** Up to here a block's bytes are copied once more instead of sending all of its memory. */
const SMALL = BLOCK_SIZE / 4

export interface Batch {
  readonly rows: Float64Array<ArrayBuffer>
  readonly block: Uint8Array<ArrayBuffer>
  /** What is larger than a block. */
  readonly large: Uint8Array<ArrayBuffer>[]
  readonly others: Segment[]
  /** What it weighs, for whoever bounds how much may be on its way. */
  readonly weight: number
}

/** What a segment weighs on top of its bytes. */
export const SEGMENT_WEIGHT = 200

export class BatchWriter {
  private rows: number[] = []
  private block: Uint8Array<ArrayBuffer> | null = null
  private used = 0
  private large: Uint8Array<ArrayBuffer>[] = []
  private others: Segment[] = []
  private readonly spare: ArrayBuffer[] = []
  weight = 0

  /** Whether there is room for so many bytes; else `take` first. */
  fits(length: number): boolean {
    return this.used + length <= BLOCK_SIZE || this.used === 0
  }

  /** Adds a segment that fits. Its bytes are copied. */
  add(segment: Segment): void {
    if (segment.type !== 'data') {
      this.rows.push(What.other, 0, 0, 0, 0, 0)
      this.others.push(segment)
      this.weight += SEGMENT_WEIGHT
      return
    }
    const { bytes, connection, time, direction } = segment
    const what = direction === 'request' ? What.request : What.response
    const length = bytes.length
    this.weight += SEGMENT_WEIGHT + length
    if (length > BLOCK_SIZE) {
      this.rows.push(what, connection, time, this.large.length, 0, length)
      this.large.push(new Uint8Array(bytes))
      return
    }
    this.block ??= new Uint8Array(this.spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_SIZE).buffer)
    this.block.set(bytes, this.used)
    this.rows.push(what, connection, time, BLOCK, this.used, length)
    this.used += length
  }

  get isEmpty(): boolean {
    return this.rows.length === 0
  }

  /** What was added since the last take, and the memory to be given away with it. */
  take(): { batch: Batch; transfer: ArrayBuffer[] } {
    const rows = Float64Array.from(this.rows)
    const transfer = this.large.map((bytes) => bytes.buffer)
    let block = this.block ?? NOTHING
    if (this.used <= SMALL) block = block.slice(0, this.used)
    else {
      transfer.push(block.buffer)
      this.block = null
    }
    const batch: Batch = { rows, block, large: this.large, others: this.others, weight: this.weight }
    this.rows = []
    this.used = 0
    this.large = []
    this.others = []
    this.weight = 0
    return { batch, transfer }
  }

  /** A block comes back. */
  reuse(memory: ArrayBuffer): void {
    if (memory.byteLength === BLOCK_SIZE && this.spare.length < MAX_SPARE) this.spare.push(memory)
  }
}

const NOTHING = new Uint8Array(0)

/** Reads a batch's segments, one at a time, in order. Their bytes are `borrowed`. */
export class BatchReader {
  readonly batch: Batch
  private at = 0
  private other = 0

  constructor(batch: Batch) {
    this.batch = batch
  }

  /** The next segment; null after the last. */
  next(): Segment | null {
    const { rows, block, large, others } = this.batch
    if (this.at >= rows.length) return null
    const [what, connection, time, place, offset, length] = rows.subarray(this.at, this.at + ROW)
    this.at += ROW
    if (what === What.other) return others[this.other++]!
    const bytes = place === BLOCK ? block.subarray(offset!, offset! + length!) : large[place!]!
    const direction = what === What.request ? 'request' : 'response'
    return { type: 'data', connection: connection!, direction, time: time!, bytes, borrowed: true }
  }

  /** The memory to be given back when all was read; null where it is not worth it. */
  get memory(): ArrayBuffer | null {
    const { buffer } = this.batch.block
    return buffer.byteLength === BLOCK_SIZE ? buffer : null
  }
}
