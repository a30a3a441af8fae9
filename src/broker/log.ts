/**
 * One partition's log: record batches of magic 2, as bytes, by offset. All replicas are this one, so the high watermark
 * is the end of the log. All that is known of producers and transactions follows from the batches.
 */
import { MAX_TIMESTAMP_AT } from '../../dissectors/records/format.ts'
import { batchHeader, setBaseOffset } from '../../dissectors/records/header.ts'
import { i64 } from '../bytes/read.ts'
import { BatchStore, type StoredBatch } from './batch-store.ts'
import { LeaderEpochs } from './leader-epochs.ts'
import { type Marker, markerBatch, markerOf } from './markers.ts'
import { Producers } from './producers.ts'

export interface LogSegment {
  readonly lastOffset: number
  readonly size: number
  readonly maxTimestamp: number | bigint
}

export class PartitionLog {
  /** Ids of nodes, the leader first; all are in sync. */
  readonly replicas: readonly number[]
  private readonly batches = new BatchStore()
  private readonly waiting = new Set<() => void>()
  /** log start offset: the first that can still be read. */
  startOffset = 0
  /** high watermark: the offset the next record gets. */
  endOffset = 0
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
    return this.batches.size
  }

  /**
   * Appends one whole batch of magic 2 with a sound header: a copy, in which its offsets are assigned. Returns its base
   * offset.
   */
  append(bytes: Uint8Array, now: number): number {
    const baseOffset = this.endOffset
    const header = batchHeader(bytes, 0)!
    const lastOffset = baseOffset + header.lastOffsetDelta
    const own = this.batches.push(bytes, baseOffset, lastOffset)
    setBaseOffset(own, 0, baseOffset, this.leaderEpoch)
    this.endOffset = lastOffset + 1
    this.lastAppend = now
    this.producers.appended(header, baseOffset, now, markerOf(bytes, header))
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

  /** Bytes of the batches from the one that holds `offset` on, up to the one that holds `end`. */
  available(offset: number, end = this.endOffset): number {
    const { batches } = this
    const to = end >= this.endOffset ? batches.count : batches.indexOf(end)
    return Math.max(0, batches.position(to) - batches.position(batches.indexOf(offset)))
  }

  /**
   * Whole batches from the one that holds `offset` on, before `end`, together at most `maxBytes`; the first one whatever
   * its size where `atLeastOne` says so.
   */
  read(offset: number, maxBytes: number, atLeastOne: boolean, end = this.endOffset): StoredBatch[] {
    const { batches } = this
    const found: StoredBatch[] = []
    let left = maxBytes
    for (let i = batches.indexOf(offset); i < batches.count && batches.lastOffset(i) < end; i++) {
      const batch = batches.at(i)
      if (batch.bytes.length > left && !(atLeastOne && found.length === 0)) break
      found.push(batch)
      left -= batch.bytes.length
    }
    return found
  }

  /** The first batch that holds a record as late as `timestamp`; null where none does. */
  batchFrom(timestamp: number | bigint): StoredBatch | null {
    for (let i = 0; i < this.batches.count; i++) if (this.maxTimestamp(i) >= timestamp) return this.batches.at(i)
    return null
  }

  /** The first batch with the log's latest timestamp; null in an empty log. */
  latestBatch(): StoredBatch | null {
    let latest = -1
    let time: number | bigint = 0
    for (let i = 0; i < this.batches.count; i++) {
      const own = this.maxTimestamp(i)
      if (latest >= 0 && own <= time) continue
      latest = i
      time = own
    }
    return latest < 0 ? null : this.batches.at(latest)
  }

  private maxTimestamp(index: number): number | bigint {
    return i64(this.batches.bytes(index), MAX_TIMESTAMP_AT)
  }

  /** Lets batches go that lie wholly before `offset`, which becomes the log start offset unless that is later. */
  truncateBefore(offset: number): void {
    this.startOffset = Math.max(this.startOffset, Math.min(offset, this.endOffset))
    this.batches.drop(this.batches.indexOf(this.startOffset))
    this.changed()
    this.producers.truncateBefore(this.startOffset)
    this.epochs.truncateBefore(this.startOffset)
  }

  /** How far each of the log's segments reaches, as Apache Kafka would cut it: last offset, size, latest time. */
  segments(segmentBytes: number): LogSegment[] {
    const { batches } = this
    const found: { lastOffset: number; size: number; maxTimestamp: number | bigint }[] = []
    for (let i = 0; i < batches.count; i++) {
      const last = found.at(-1)
      const lastOffset = batches.lastOffset(i)
      const size = batches.position(i + 1) - batches.position(i)
      const maxTimestamp = this.maxTimestamp(i)
      if (!last || last.size + size > segmentBytes) found.push({ lastOffset, size, maxTimestamp })
      else {
        last.lastOffset = lastOffset
        last.size += size
        if (maxTimestamp > last.maxTimestamp) last.maxTimestamp = maxTimestamp
      }
    }
    return found
  }

  /** Drops the oldest batches, but not the newest, until at least `bytes` are gone. Returns how many went. */
  dropOldest(bytes: number): number {
    const { batches } = this
    const before = batches.size
    const start = batches.position(0)
    let last = -1
    for (let i = 0; i < batches.count - 1 && batches.position(i) - start < bytes; i++) last = i
    if (last >= 0) this.truncateBefore(batches.lastOffset(last) + 1)
    return before - batches.size
  }
}
