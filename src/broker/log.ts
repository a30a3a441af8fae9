/**
 * One partition's log: record batches of magic 2, as bytes, by offset. All replicas are this one, so the high watermark
 * is the end of the log. All that is known of producers and transactions follows from the batches.
 */
import { batchHeader, setBaseOffset } from '../../dissectors/records/header.ts'
import { LeaderEpochs } from './leader-epochs.ts'
import { type Marker, markerBatch, markerOf } from './markers.ts'
import { Producers } from './producers.ts'

export interface StoredBatch {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly bytes: Uint8Array
  readonly maxTimestamp: number | bigint
  readonly leaderEpoch: number
  /** Whether it ends a transaction: no record of it is a client's. */
  readonly control: boolean
  /** Bytes of all batches before it, those that were dropped included. */
  readonly position: number
}

export interface LogSegment {
  readonly lastOffset: number
  readonly size: number
  readonly maxTimestamp: number | bigint
}

export class PartitionLog {
  /** Ids of nodes, the leader first; all are in sync. */
  readonly replicas: readonly number[]
  private batches: StoredBatch[] = []
  private readonly waiting = new Set<() => void>()
  /** log start offset: the first that can still be read. */
  startOffset = 0
  /** high watermark: the offset the next record gets. */
  endOffset = 0
  private endPosition = 0
  deleted = false
  /** Told when batches have come, or have gone at the beginning. */
  changed: () => void = () => {}
  /** When the last batch came, ms since 1970; 0 before the first. */
  lastAppend = 0
  readonly producers = new Producers()
  readonly epochs = new LeaderEpochs()

  constructor(replicas: readonly number[] = [1]) {
    this.replicas = replicas
  }

  get leader(): number {
    return this.replicas[0]!
  }

  get leaderEpoch(): number {
    return this.epochs.current
  }

  /** All that is before it is of transactions that have ended, or of none: readers of committed records end here. */
  get lastStableOffset(): number {
    const open = this.producers.firstOpen
    return open === null ? this.endOffset : Math.max(open, this.startOffset)
  }

  /** Where readers end: the last stable offset for those of committed records, else the high watermark. */
  endFor(committedOnly: boolean): number {
    return committedOnly ? this.lastStableOffset : this.endOffset
  }

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
    const { leaderEpoch } = this
    setBaseOffset(bytes, 0, baseOffset, leaderEpoch)
    const header = batchHeader(bytes, 0)!
    const lastOffset = baseOffset + header.lastOffsetDelta
    const marker = markerOf(bytes, header)
    this.batches.push({
      baseOffset,
      lastOffset,
      bytes,
      maxTimestamp: header.maxTimestamp,
      leaderEpoch,
      control: marker !== null,
      position: this.endPosition,
    })
    this.endPosition += bytes.length
    this.endOffset = lastOffset + 1
    this.lastAppend = now
    this.producers.appended(header, baseOffset, now, marker)
    this.changed()
    for (const wake of [...this.waiting]) wake()
    return baseOffset
  }

  /** Ends a producer's transaction here; it may have none. Returns the marker's offset. */
  appendMarker(marker: Marker, now: number): number {
    return this.append(markerBatch(marker, now), now)
  }

  /** An empty log begins later: what was before is gone. */
  beginAt(offset: number): void {
    this.startOffset = offset
    this.endOffset = offset
  }

  /** A new leader, or the same one again after a restart. */
  newLeaderEpoch(): void {
    this.epochs.next(this.endOffset)
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

  private positionOf(index: number): number {
    return this.batches[index]?.position ?? this.endPosition
  }

  /** Bytes of the batches from the one that holds `offset` on, up to the one that holds `end`. */
  available(offset: number, end = this.endOffset): number {
    const to = end >= this.endOffset ? this.batches.length : this.indexOf(end)
    return Math.max(0, this.positionOf(to) - this.positionOf(this.indexOf(offset)))
  }

  /**
   * Whole batches from the one that holds `offset` on, before `end`, together at most `maxBytes`; the first one whatever
   * its size where `atLeastOne` says so.
   */
  read(offset: number, maxBytes: number, atLeastOne: boolean, end = this.endOffset): StoredBatch[] {
    const found: StoredBatch[] = []
    let left = maxBytes
    for (let i = this.indexOf(offset); i < this.batches.length; i++) {
      const batch = this.batches[i]!
      if (batch.lastOffset >= end) break
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
    this.changed()
    this.producers.truncateBefore(this.startOffset)
    this.epochs.truncateBefore(this.startOffset)
  }

  /** How far each of the log's segments reaches, as Apache Kafka would cut it: last offset, size, latest time. */
  segments(segmentBytes: number): LogSegment[] {
    const found: { lastOffset: number; size: number; maxTimestamp: number | bigint }[] = []
    for (const { bytes, lastOffset, maxTimestamp } of this.batches) {
      const last = found.at(-1)
      if (!last || last.size + bytes.length > segmentBytes) {
        found.push({ lastOffset, size: bytes.length, maxTimestamp })
      } else {
        last.lastOffset = lastOffset
        last.size += bytes.length
        if (maxTimestamp > last.maxTimestamp) last.maxTimestamp = maxTimestamp
      }
    }
    return found
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
