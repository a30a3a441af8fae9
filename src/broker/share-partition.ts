/**
 * What a share group has done with one partition (KIP-932, SharePartition of Apache Kafka): records are acquired for a
 * time, and then accepted, released or rejected; those that nobody answers for are given to another.
 *
 *     available ──acquire──▶ acquired ──accept──▶ done
 *         ▲                    │   └───reject, gap, or too many deliveries──▶ done
 *         └──release, time up──┘
 */

import { errorCode } from '../../dissectors/errors.ts'
import { isControl } from './batches.ts'
import type { Clock } from './clock.ts'
import type { PartitionLog } from './log.ts'

/** AcknowledgeType of kafka-clients; gap: there is no record at the offset. */
export const ACK = { gap: 0, accept: 1, release: 2, reject: 3, renew: 4 } as const

export interface AckBatch {
  readonly firstOffset: number | bigint
  readonly lastOffset: number | bigint
  /** One for each offset, or one for all. */
  readonly acknowledgeTypes: readonly number[]
}

export interface Acquired {
  readonly firstOffset: number
  readonly lastOffset: number
  readonly deliveryCount: number
}

interface InFlight {
  state: 'available' | 'acquired' | 'done'
  member: string
  deliveries: number
  /** Of the acquisition, so that a lock that was renewed is not ended by the old one's time. */
  lock: number
}

/** Settings of the group, asked for anew each time. */
export interface ShareLimits {
  readonly lockMs: number
  readonly maxDeliveries: number
  /** Records in flight at most, but for what one batch holds more. */
  readonly maxLocks: number
}

/** Records in flight over all share groups: past it, nothing is acquired. */
export interface InFlightBudget {
  left: number
}

export interface Wanted {
  readonly memberId: string
  readonly maxRecords: number
  /** Not one more than that; else batches are not divided. */
  readonly strict: boolean
  readonly maxBytes: number
  readonly committedOnly: boolean
}

export interface Refused {
  readonly code: number
  readonly message: string | null
}

const INVALID_REQUEST: Refused = { code: errorCode('INVALID_REQUEST'), message: null }
const invalidState = (message: string): Refused => ({ code: errorCode('INVALID_RECORD_STATE'), message })

export class SharePartition {
  /** The first offset that is not done: share-partition start offset. */
  startOffset: number
  /** The first that was never acquired. */
  endOffset: number
  private readonly records = new Map<number, InFlight>()
  private readonly clock: Clock
  private readonly budget: InFlightBudget
  private readonly timers = new Set<() => void>()
  private readonly waiting = new Set<() => void>()
  private locks = 0

  constructor(startOffset: number, clock: Clock, budget: InFlightBudget) {
    this.startOffset = startOffset
    this.endOffset = startOffset
    this.clock = clock
    this.budget = budget
  }

  /** Records between the start and the end that are done already. */
  get doneCount(): number {
    return this.endOffset - this.startOffset - [...this.records.values()].filter(({ state }) => state !== 'done').length
  }

  /** Calls `wake` when records may be acquired again, until the returned function is called. */
  onRelease(wake: () => void): () => void {
    this.waiting.add(wake)
    return () => this.waiting.delete(wake)
  }

  /** Whether there is anything to acquire. */
  canAcquire(log: PartitionLog, { maxLocks }: ShareLimits, committedOnly: boolean): boolean {
    this.follow(log)
    return this.firstAvailable(maxLocks) < log.endFor(committedOnly)
  }

  /** What retention took from the log is done. */
  private follow(log: PartitionLog): void {
    if (log.startOffset <= this.startOffset) return
    for (let offset = this.startOffset; offset < Math.min(log.startOffset, this.endOffset); offset++) {
      this.forget(offset)
    }
    this.startOffset = log.startOffset
    this.endOffset = Math.max(this.endOffset, this.startOffset)
  }

  private firstAvailable(maxLocks: number): number {
    for (let offset = this.startOffset; offset < this.endOffset; offset++) {
      if (this.records.get(offset)?.state === 'available') return offset
    }
    const full = this.endOffset - this.startOffset >= maxLocks || this.budget.left <= 0
    return full ? Number.POSITIVE_INFINITY : this.endOffset
  }

  /** Acquires for a member what there is, from whole batches of the log, and gives those batches. */
  acquire(log: PartitionLog, wanted: Wanted, limits: ShareLimits): { batches: Uint8Array[]; acquired: Acquired[] } {
    this.follow(log)
    const batches: Uint8Array[] = []
    const acquired: Acquired[] = []
    const first = this.firstAvailable(limits.maxLocks)
    const end = log.endFor(wanted.committedOnly)
    if (first >= end || wanted.maxRecords <= 0) return { batches, acquired }
    const lock = ++this.locks
    let left = wanted.maxRecords
    for (const batch of log.read(first, wanted.maxBytes, true, end)) {
      if (left <= 0) break
      const from = Math.max(batch.baseOffset, this.startOffset)
      if (isControl(batch.bytes)) {
        this.skip(from, batch.lastOffset)
        continue
      }
      const count = wanted.strict ? left : Number.POSITIVE_INFINITY
      const ranges = this.take(from, batch.lastOffset, count, wanted.memberId, lock, limits)
      if (ranges.length === 0) continue
      batches.push(batch.bytes)
      for (const range of ranges) left -= range.lastOffset - range.firstOffset + 1
      acquired.push(...ranges)
    }
    if (acquired.length > 0) this.after(limits.lockMs, () => this.timeUp(lock, limits))
    this.moveStart()
    return { batches, acquired: joined(acquired) }
  }

  /** Markers of transactions are nobody's. */
  private skip(from: number, last: number): void {
    if (last < this.endOffset) return
    for (let offset = Math.max(from, this.endOffset); offset <= last; offset++) this.put(offset, 'done', '', 0, 0)
    this.endOffset = Math.max(this.endOffset, last + 1)
  }

  private take(
    from: number,
    last: number,
    count: number,
    member: string,
    lock: number,
    limits: ShareLimits,
  ): Acquired[] {
    const found: Acquired[] = []
    let left = count
    // A batch can hold millions of records: what one has more than the window is acquired later.
    const until = Math.min(last, this.startOffset + 2 * limits.maxLocks - 1)
    for (let offset = from; offset <= until && left > 0; offset++) {
      const record = this.records.get(offset)
      if (record ? record.state !== 'available' : offset < this.endOffset || this.budget.left <= 0) continue
      const deliveries = (record?.deliveries ?? 0) + 1
      this.put(offset, 'acquired', member, deliveries, lock)
      this.endOffset = Math.max(this.endOffset, offset + 1)
      found.push({ firstOffset: offset, lastOffset: offset, deliveryCount: deliveries })
      left--
    }
    return joined(found)
  }

  private put(offset: number, state: InFlight['state'], member: string, deliveries: number, lock: number): void {
    if (!this.records.has(offset)) this.budget.left--
    this.records.set(offset, { state, member, deliveries, lock })
  }

  private forget(offset: number): void {
    if (this.records.delete(offset)) this.budget.left++
  }

  private after(ms: number, then: () => void): void {
    const cancel = this.clock.after(ms, () => {
      this.timers.delete(cancel)
      then()
    })
    this.timers.add(cancel)
  }

  private timeUp(lock: number, limits: ShareLimits): void {
    this.releaseWhere((record) => record.lock === lock, limits)
  }

  /** A member's session has ended: what it had is given to others. */
  release(memberId: string, limits: ShareLimits): void {
    this.releaseWhere((record) => record.member === memberId, limits)
  }

  private releaseWhere(which: (record: InFlight) => boolean, { maxDeliveries }: ShareLimits): void {
    let released = false
    for (const record of this.records.values()) {
      if (record.state !== 'acquired' || !which(record)) continue
      record.state = record.deliveries >= maxDeliveries ? 'done' : 'available'
      released = true
    }
    if (released) this.changed()
  }

  private changed(): void {
    this.moveStart()
    for (const wake of [...this.waiting]) wake()
  }

  private moveStart(): void {
    while (this.startOffset < this.endOffset && this.records.get(this.startOffset)?.state === 'done') {
      this.forget(this.startOffset++)
    }
  }

  /** All of it, or nothing and why. `mayRenew`: the request is one that renews locks (KIP-1222). */
  acknowledge(memberId: string, acks: readonly AckBatch[], limits: ShareLimits, mayRenew: boolean): Refused | null {
    let next = Number.NEGATIVE_INFINITY
    const changes: [record: InFlight, type: number][] = []
    for (const { firstOffset, lastOffset, acknowledgeTypes: types } of acks) {
      const [first, last] = [Number(firstOffset), Number(lastOffset)]
      if (first > last || first < next || (types.length !== 1 && types.length !== last - first + 1))
        return INVALID_REQUEST
      const highest = mayRenew ? ACK.renew : ACK.reject
      if (types.some((type) => type < ACK.gap || type > highest)) return INVALID_REQUEST
      next = last + 1
      // What is done already needs no answer.
      if (last < this.startOffset) continue
      if (last >= this.endOffset) return { ...INVALID_REQUEST, message: 'Batch record not found' }
      for (let offset = Math.max(first, this.startOffset); offset <= last; offset++) {
        const record = this.records.get(offset)
        if (record && record.member !== memberId) return invalidState('Member is not the owner of batch record')
        if (record?.state !== 'acquired') {
          return invalidState('The batch cannot be acknowledged. The batch is not in the acquired state.')
        }
        changes.push([record, types.length === 1 ? types[0]! : types[offset - first]!])
      }
    }
    this.apply(changes, limits)
    return null
  }

  private apply(changes: readonly [InFlight, number][], limits: ShareLimits): void {
    const lock = ++this.locks
    let renewed = false
    for (const [record, type] of changes) {
      if (type === ACK.renew) {
        record.lock = lock
        renewed = true
      } else if (type === ACK.release && record.deliveries < limits.maxDeliveries) {
        record.state = 'available'
        record.member = ''
      } else record.state = 'done'
    }
    if (renewed) this.after(limits.lockMs, () => this.timeUp(lock, limits))
    if (changes.length > 0) this.changed()
  }

  /** Ends all timers and gives back what counts. */
  close(): void {
    for (const cancel of this.timers) cancel()
    this.timers.clear()
    for (const offset of [...this.records.keys()]) this.forget(offset)
  }
}

/** Neighbours with the same delivery count as one. */
function joined(ranges: readonly Acquired[]): Acquired[] {
  const found: Acquired[] = []
  for (const range of ranges) {
    const last = found.at(-1)
    if (last && last.lastOffset + 1 === range.firstOffset && last.deliveryCount === range.deliveryCount) {
      found[found.length - 1] = { ...last, lastOffset: range.lastOffset }
    } else found.push(range)
  }
  return found
}
