/**
 * Segments on their way from the relay's thread to the observer's, many in one message: a table of numbers for the
 * data segments, their bytes either in one buffer (small ones, copied) or in buffers of their own (large ones, given
 * away where the relay holds them alone), everything else as objects. Order is kept.
 */
import type { Segment } from '../session/segment.ts'

/** Numbers in a row: what, connection, time, place, offset, length. */
const ROW = 6
/** `what`: a data segment of either direction, or the next of `others`. */
const What = { request: 0, response: 1, other: 2 } as const
/** `place`: the shared buffer, or the index of one in `large`. */
const SHARED = -1

export interface Batch {
  readonly rows: Float64Array<ArrayBuffer>
  readonly shared: Uint8Array<ArrayBuffer>
  readonly large: Uint8Array<ArrayBuffer>[]
  readonly others: Segment[]
  /** What it weighs, for whoever bounds how much may be on its way. */
  readonly weight: number
}

/** From here on a buffer of its own is cheaper than a copy. */
const LARGE = 8 * 1024
/** What a segment weighs on top of its bytes. */
export const SEGMENT_WEIGHT = 200

export class BatchWriter {
  private rows: number[] = []
  private shared = new Uint8Array(64 * 1024)
  private sharedUsed = 0
  private large: Uint8Array<ArrayBuffer>[] = []
  private others: Segment[] = []
  weight = 0

  /** Adds a segment. With `owned` its bytes' memory may be given away; else they are copied. */
  add(segment: Segment, owned: boolean): void {
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
    if (length >= LARGE) {
      this.rows.push(what, connection, time, this.large.length, 0, length)
      this.large.push(owned && isAlone(bytes) ? bytes : new Uint8Array(bytes))
      return
    }
    this.makeRoom(length)
    this.shared.set(bytes, this.sharedUsed)
    this.rows.push(what, connection, time, SHARED, this.sharedUsed, length)
    this.sharedUsed += length
  }

  get isEmpty(): boolean {
    return this.rows.length === 0
  }

  /** What was added since the last take, and the memory to be given away with it. */
  take(): { batch: Batch; transfer: ArrayBuffer[] } {
    const rows = Float64Array.from(this.rows)
    const shared = this.shared.slice(0, this.sharedUsed)
    const batch: Batch = { rows, shared, large: this.large, others: this.others, weight: this.weight }
    // What is small is cheaper to copy once more than to give away.
    const transfer = this.large.map((bytes) => bytes.buffer)
    if (shared.length >= LARGE) transfer.push(shared.buffer)
    this.rows = []
    this.sharedUsed = 0
    this.large = []
    this.others = []
    this.weight = 0
    return { batch, transfer }
  }

  private makeRoom(length: number): void {
    if (this.sharedUsed + length <= this.shared.length) return
    const bigger = new Uint8Array(this.shared.length * 2)
    bigger.set(this.shared)
    this.shared = bigger
  }
}

/** Whether these bytes are all of their memory: a chunk as node's sockets read it, not a part of some pool. */
const isAlone = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> =>
  bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer

/** Reads a batch's segments, one at a time, in order. */
export class BatchReader {
  readonly batch: Batch
  private at = 0
  private other = 0

  constructor(batch: Batch) {
    this.batch = batch
  }

  /** The next segment; null after the last. */
  next(): Segment | null {
    const { rows, shared, large, others } = this.batch
    if (this.at >= rows.length) return null
    const [what, connection, time, place, offset, length] = rows.subarray(this.at, this.at + ROW)
    this.at += ROW
    if (what === What.other) return others[this.other++]!
    const bytes = place === SHARED ? shared.subarray(offset!, offset! + length!) : large[place!]!
    const direction = what === What.request ? 'request' : 'response'
    return { type: 'data', connection: connection!, direction, time: time!, bytes }
  }
}
