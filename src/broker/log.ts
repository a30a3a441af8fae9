/**
 * One partition's log: record batches of magic 2, as bytes, by offset. There are no replicas, so the high watermark is
 * the end of the log and the last stable offset too. Leader epoch is always 0.
 */
import { batchHeader, setBaseOffset } from '../../dissectors/records/header.ts'

/** The only leader epoch that this broker ever has. */
export const LEADER_EPOCH = 0

export interface StoredBatch {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly bytes: Uint8Array
  readonly maxTimestamp: number | bigint
  /** Bytes of all batches before it, those that were dropped included. */
  readonly position: number
}

export class PartitionLog {
  private batches: StoredBatch[] = []
  private readonly waiting = new Set<() => void>()
  /** log start offset: the first that can still be read. */
  startOffset = 0
  /** high watermark: the offset the next record gets. */
  endOffset = 0
  private endPosition = 0
  deleted = false
  /** When the last batch came, ms since 1970; 0 before the first. */
  lastAppend = 0

  /** Bytes held. */
  get size(): number {
    return this.endPosition - (this.batches[0]?.position ?? this.endPosition)
  }

  /**
   * Appends one whole batch of magic 2 with a sound header, whose offsets are assigned here, in place: the bytes are
   * the log's from now on. Returns its base offset.
   */
  append(bytes: Uint8Array, now: number): number {
    const baseOffset = this.endOffset
    setBaseOffset(bytes, 0, baseOffset, LEADER_EPOCH)
    const header = batchHeader(bytes, 0)!
    const lastOffset = baseOffset + header.lastOffsetDelta
    this.batches.push({ baseOffset, lastOffset, bytes, maxTimestamp: header.maxTimestamp, position: this.endPosition })
    this.endPosition += bytes.length
    this.endOffset = lastOffset + 1
    this.lastAppend = now
    for (const wake of [...this.waiting]) wake()
    return baseOffset
  }

  /** Calls `wake` at every append, and when the log goes, until the returned function is called. */
  onAppend(wake: () => void): () => void {
    this.waiting.add(wake)
    return () => this.waiting.delete(wake)
  }

  /** The topic was deleted: whoever waits looks again. */
  close(): void {
    this.deleted = true
    for (const wake of [...this.waiting]) wake()
  }

  /** Index of the batch that holds an offset, or of the first one after it. */
  private indexOf(offset: number): number {
    let low = 0
    let high = this.batches.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.batches[middle]!.lastOffset < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Bytes of the batches from the one that holds `offset` on. */
  available(offset: number): number {
    return this.endPosition - (this.batches[this.indexOf(offset)]?.position ?? this.endPosition)
  }

  /**
   * Whole batches from the one that holds `offset` on, together at most `maxBytes`; the first one whatever its size
   * where `atLeastOne` says so.
   */
  read(offset: number, maxBytes: number, atLeastOne: boolean): StoredBatch[] {
    const found: StoredBatch[] = []
    let left = maxBytes
    for (let i = this.indexOf(offset); i < this.batches.length; i++) {
      const batch = this.batches[i]!
      if (batch.bytes.length > left && !(atLeastOne && found.length === 0)) break
      found.push(batch)
      left -= batch.bytes.length
    }
    return found
  }

  /** The first batch that holds a record as late as `timestamp`; null where none does. */
  batchFrom(timestamp: number | bigint): StoredBatch | null {
    return this.batches.find((batch) => batch.maxTimestamp >= timestamp) ?? null
  }

  /** The first batch with the log's latest timestamp; null in an empty log. */
  latestBatch(): StoredBatch | null {
    let latest: StoredBatch | null = null
    for (const batch of this.batches) if (!latest || batch.maxTimestamp > latest.maxTimestamp) latest = batch
    return latest
  }

  /** Lets batches go that lie wholly before `offset`, which becomes the log start offset unless that is later. */
  truncateBefore(offset: number): void {
    this.startOffset = Math.max(this.startOffset, Math.min(offset, this.endOffset))
    let drop = 0
    while (drop < this.batches.length && this.batches[drop]!.lastOffset < this.startOffset) drop++
    if (drop > 0) this.batches.splice(0, drop)
  }

  /** Drops the oldest batches, but not the newest, until at least `bytes` are gone. Returns how many went. */
  dropOldest(bytes: number): number {
    const before = this.size
    let last = -1
    for (let i = 0; i < this.batches.length - 1 && this.batches[i]!.position - this.batches[0]!.position < bytes; i++) {
      last = i
    }
    if (last >= 0) this.truncateBefore(this.batches[last]!.lastOffset + 1)
    return before - this.size
  }
}
