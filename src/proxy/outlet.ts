/**
 * Where segments leave the relay's thread. What is on its way and not yet looked at is bounded: beyond the bound the
 * observer goes without (a gap tells it how many bytes it missed), or, with `strict`, the relay stops reading until it
 * has caught up.
 */
import type { Direction, Segment } from '../session/segment.ts'
import { type Batch, BatchWriter, SEGMENT_WEIGHT } from './batch.ts'

export interface OutletOptions {
  /** Bytes on their way at most. */
  readonly limit: number
  readonly strict: boolean
  send(batch: Batch, transfer: ArrayBuffer[]): void
  /** With `strict`: stop or go on reading. */
  hold(stop: boolean): void
  /** The observer has caught up, after this many bytes had to be left out. */
  caughtUp(skipped: number): void
}

/**
 * A batch is sent after this time at the latest, or when it has this many bytes. Sending takes some 20 us, in which
 * nothing is relayed: so seldom, it stays below what the 99th percentile of a busy connection shows, and no eye sees it.
 */
const FLUSH_MS = 10
const FLUSH_BYTES = 768 * 1024

type Gaps = Partial<Record<Direction, number>>

export class Outlet {
  /** Bytes that the observer never got. */
  skipped = 0
  private skippedNow = 0
  private outstanding = 0
  private holding = false
  /** Data is being left out, until half the bound is free. */
  private dropping = false
  private timer: NodeJS.Timeout | null = null
  private readonly writer = new BatchWriter()
  /** Bytes left out, by connection, until it can be told. */
  private readonly gaps = new Map<number, Gaps>()
  /** Connections whose opening was left out: nothing of them is told. */
  private readonly unseen = new Set<number>()
  private readonly options: OutletOptions

  constructor(options: OutletOptions) {
    this.options = options
  }

  /** Takes a segment. Its bytes are copied. */
  push(segment: Segment): void {
    if (segment.type === 'open') this.pushOpen(segment)
    else if (this.unseen.has(segment.connection)) this.passOver(segment)
    else if (segment.type === 'data') this.pushData(segment)
    else this.pushAfterGaps(segment)
  }

  /** The observer has looked at a batch of this weight, and gives back its memory. */
  acknowledge(weight: number, memory: ArrayBuffer | null = null): void {
    if (memory) this.writer.reuse(memory)
    this.outstanding -= weight
    if (this.outstanding > this.options.limit / 2) return
    if (this.holding) {
      this.holding = false
      this.options.hold(false)
    }
    this.dropping = false
    if (this.skippedNow > 0) {
      this.options.caughtUp(this.skippedNow)
      this.skippedNow = 0
    }
  }

  /** Sends what has gathered. */
  flush(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    if (this.writer.isEmpty) return
    const { batch, transfer } = this.writer.take()
    this.options.send(batch, transfer)
  }

  private get isFull(): boolean {
    return this.outstanding > this.options.limit
  }

  private pushOpen(segment: Extract<Segment, { type: 'open' }>): void {
    // Openings are small, but a flood of connections must be bounded too: beyond twice the bound they are left out.
    if (this.outstanding > this.options.limit * 2) this.unseen.add(segment.connection.id)
    else this.add(segment)
  }

  private passOver(segment: Exclude<Segment, { type: 'open' }>): void {
    if (segment.type === 'data') this.skip(segment.bytes.length)
    else if (segment.type === 'close' && segment.direction === undefined) this.unseen.delete(segment.connection)
  }

  private pushData(segment: Extract<Segment, { type: 'data' }>): void {
    // Once something is missing, what follows waits until a good part of the bound is free: a gap here and there
    // in every connection would leave nothing that can be read.
    if (this.isFull && !this.options.strict) this.dropping = true
    if (this.dropping) {
      const gaps = this.gaps.get(segment.connection) ?? {}
      gaps[segment.direction] = (gaps[segment.direction] ?? 0) + segment.bytes.length
      this.gaps.set(segment.connection, gaps)
      this.skip(segment.bytes.length)
      return
    }
    this.tellGaps(segment.connection, segment.time)
    this.add(segment)
    // Only with `strict`: else it would have been left out.
    if (this.isFull && this.options.strict && !this.holding) {
      this.holding = true
      this.options.hold(true)
      this.flush()
    }
  }

  private pushAfterGaps(segment: Extract<Segment, { type: 'gap' | 'close' }>): void {
    this.tellGaps(segment.connection, segment.time)
    this.add(segment)
  }

  private tellGaps(connection: number, time: number): void {
    const gaps = this.gaps.get(connection)
    if (!gaps) return
    this.gaps.delete(connection)
    for (const direction of ['request', 'response'] as const) {
      const bytes = gaps[direction]
      if (bytes) this.add({ type: 'gap', connection, direction, time, bytes })
    }
  }

  private skip(bytes: number): void {
    this.skipped += bytes
    this.skippedNow += bytes
  }

  private add(segment: Segment): void {
    const length = segment.type === 'data' ? segment.bytes.length : 0
    if (!this.writer.fits(length)) this.flush()
    this.writer.add(segment)
    this.outstanding += SEGMENT_WEIGHT + length
    if (this.writer.weight >= FLUSH_BYTES) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MS)
  }
}
