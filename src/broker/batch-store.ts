/**
 * The batches of one log: their bytes one after another in slabs, and where each begins as a row of numbers. A log has
 * millions of small batches; an object and a buffer for each would be most of what there is to collect.
 */
import { Buffer } from 'node:buffer'

export interface StoredBatch {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly bytes: Uint8Array
}

/** Bytes one after another, from a position in the log on. */
interface Slab {
  readonly position: number
  readonly memory: Uint8Array
}

/** base offset, last offset, position: bytes of all batches before it, those that were dropped included. */
const ROW = 3
const FIRST_ROWS = 8
const FIRST_SLAB = 4 * 1024
const LARGEST_SLAB = 1024 * 1024

export class BatchStore {
  private rows = new Float64Array(FIRST_ROWS * ROW)
  /** Rows in use: from `head` up to `tail`. */
  private head = 0
  private tail = 0
  private slabs: Slab[] = []
  /** Bytes of all batches that ever were. */
  private end = 0

  get count(): number {
    return this.tail - this.head
  }

  /** Bytes held. */
  get size(): number {
    return this.end - this.position(0)
  }

  /** Adds a batch whose bytes are copied; returns them where they are kept. */
  push(bytes: Uint8Array, baseOffset: number, lastOffset: number): Uint8Array {
    this.reserveRow()
    const at = this.tail++ * ROW
    this.rows[at] = baseOffset
    this.rows[at + 1] = lastOffset
    this.rows[at + 2] = this.end
    const { memory, position } = this.slabFor(bytes.length)
    const from = this.end - position
    memory.set(bytes, from)
    this.end += bytes.length
    return memory.subarray(from, from + bytes.length)
  }

  baseOffset(index: number): number {
    return this.rows[(this.head + index) * ROW]!
  }

  lastOffset(index: number): number {
    return this.rows[(this.head + index) * ROW + 1]!
  }

  /** Where a batch begins; of the index after the last one, where that ends. */
  position(index: number): number {
    return index < this.count ? this.rows[(this.head + index) * ROW + 2]! : this.end
  }

  /** A view of a batch's bytes. */
  bytes(index: number): Uint8Array {
    const start = this.position(index)
    const { memory, position } = this.slabs[this.slabOf(start)]!
    return memory.subarray(start - position, this.position(index + 1) - position)
  }

  at(index: number): StoredBatch {
    return { baseOffset: this.baseOffset(index), lastOffset: this.lastOffset(index), bytes: this.bytes(index) }
  }

  /** Index of the batch that holds an offset, or of the first one after it. */
  indexOf(offset: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.lastOffset(middle) < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Forgets the oldest batches. Memory goes slab by slab. */
  drop(count: number): void {
    this.head += count
    if (this.head === this.tail) {
      this.head = 0
      this.tail = 0
      this.slabs = []
      return
    }
    const first = this.slabOf(this.position(0))
    if (first > 0) this.slabs.splice(0, first)
  }

  /** Index of the slab that holds a position. */
  private slabOf(position: number): number {
    let low = 0
    let high = this.slabs.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.slabs[middle]!.position <= position) low = middle
      else high = middle - 1
    }
    return low
  }

  /** The last slab where there is room, else a new one: the longer the log the larger, so that short logs stay small. */
  private slabFor(size: number): Slab {
    const last = this.slabs.at(-1)
    if (last && this.end - last.position + size <= last.memory.length) return last
    const usual = last ? Math.min(last.memory.length * 2, LARGEST_SLAB) : FIRST_SLAB
    const slab = { position: this.end, memory: Buffer.allocUnsafeSlow(Math.max(size, usual)) }
    this.slabs.push(slab)
    return slab
  }

  private reserveRow(): void {
    if ((this.tail + 1) * ROW <= this.rows.length) return
    // Where half of the rows are of batches that have gone, there is room at their place.
    const room = this.head > this.count ? this.rows.length : this.rows.length * 2
    const rows = new Float64Array(room)
    rows.set(this.rows.subarray(this.head * ROW, this.tail * ROW))
    this.rows = rows
    this.tail -= this.head
    this.head = 0
  }
}
