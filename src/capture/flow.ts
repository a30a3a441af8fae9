/**
 * A TCP connection put together: both directions in the order of their bytes, and, between the directions, in the order
 * of cause and effect. A segment says what its sender had received (its acknowledgement); it is delivered after those
 * bytes, so that an answer never comes before its question, in whatever order the packets were captured.
 *
 * Bytes that one end acknowledges and the capture lacks are lost, or come a little later because the capture mixed up
 * its packets. So many packets of the connection, or so long, they are waited for; then they are a gap, which is told
 * before anything that follows from them. Bytes that nobody acknowledges may still be sent again and are waited for as
 * long as the queues have room.
 */
import { ahead, behind, type Piece, type QueueBudget, Stream } from './stream.ts'

export type Side = 0 | 1

/** What comes out; `side` is the end that sent it. */
export interface FlowSink {
  data(side: Side, bytes: Uint8Array, time: number, packet: number): void
  gap(side: Side, bytes: number, time: number): void
  /** One side has ended; null: the connection was reset. */
  close(side: Side | null, time: number): void
}

/** How many packets of the connection, and how many microseconds, mixed-up packets are waited for. */
const PATIENCE_PACKETS = 64
export const PATIENCE_MICROS = 2_000_000
/** What a direction may have in its queue: more than any receive window in use. */
const MAX_QUEUE = 16 * 1024 * 1024
const MAX_PIECES = 16_384

/** How far behind its SYN a connection may have got before the SYN is seen. */
const NEAR = 1024 * 1024
/** The largest window of TCP (RFC 7323): an acknowledgement further ahead is none of this connection's. */
const MAX_WINDOW = 2 ** 30

const SIDES = [0, 1] as const
const other = (side: Side): Side => (side === 0 ? 1 : 0)

export class Flow {
  readonly streams: readonly [Stream, Stream]
  /** A SYN of this end was seen: its first sequence number. */
  readonly isn: [number | null, number | null] = [null, null]
  /** Nothing comes out any more. */
  done = false
  /** Something is waited for since this time; null: nothing. */
  since: number | null = null
  private sinceCount = 0
  private count = 0
  private settled = false
  /** Up to where each direction is proven to be sent, as of `since`. */
  private readonly proof: [number | null, number | null] = [null, null]
  private readonly sink: FlowSink
  private readonly budget: QueueBudget

  constructor(sink: FlowSink, budget: QueueBudget) {
    this.sink = sink
    this.budget = budget
    this.streams = [new Stream(budget), new Stream(budget)]
  }

  /** Where a connection was seen to begin, nothing needs to be waited for. */
  get begins(): boolean {
    return this.isn[0] !== null && this.isn[1] !== null
  }

  /** A SYN of that side: its bytes begin after `seq`. */
  syn(side: Side, seq: number): void {
    const stream = this.streams[side]
    this.isn[side] = seq
    stream.seen = true
    if (!stream.started) {
      stream.begin(seq + 1)
      stream.sort()
    }
  }

  /** Takes what a packet brought. `payload` false: only its acknowledgement. */
  take(side: Side, piece: Piece, payload: boolean): void {
    this.count++
    const stream = this.streams[side]
    stream.seen = true
    if (!stream.started && !piece.rst) {
      if (this.settled) stream.begin(piece.seq)
      else stream.sighted(piece.seq)
    }
    if (piece.ack !== null) this.acknowledge(other(side), piece.ack)
    if (!this.settled) {
      if (payload) stream.add(piece)
      this.since ??= piece.time
      if (this.begins || this.budget.full || this.impatient(piece.time)) this.settle(piece.time)
      return
    }
    if (payload) {
      if (stream.uncertain && piece.seq === (stream.next - 1) >>> 0) {
        stream.next = piece.seq
        stream.uncertain = false
      }
      if (this.since === null && piece.seq === stream.next && this.caused(side, piece)) this.deliver(side, piece)
      else if (stream.trim(piece)) stream.add(piece)
    }
    if (this.since === null && this.complete()) return
    this.advance(piece.time)
  }

  private acknowledge(side: Side, ack: number): void {
    const stream = this.streams[side]
    if (stream.started && ahead(stream.next, ack) > MAX_WINDOW) return
    if (stream.acked === null || ahead(stream.acked, ack) > 0) stream.acked = ack
    if (stream.started) return
    if (this.settled) stream.begin(ack)
    else if (stream.firstAck === null || ((ack - stream.firstAck) | 0) < 0) stream.firstAck = ack
  }

  private impatient(now: number): boolean {
    return this.count - this.sinceCount >= PATIENCE_PACKETS || now - this.since! >= PATIENCE_MICROS
  }

  /** Both directions begin: after their SYN, or with the first that was captured of them. */
  private settle(now: number): void {
    this.settled = true
    for (const side of SIDES) {
      const stream = this.streams[side]
      if (stream.started) continue
      const known = this.isn[other(side)] !== null ? stream.firstAck : null
      const first = known ?? stream.lowest ?? stream.firstAck
      if (first === null) continue
      stream.begin(first)
      stream.sort()
    }
    this.since = null
    this.advance(now)
  }

  /** Nothing waits. */
  private complete(): boolean {
    return SIDES.every((side) => this.streams[side].waiting === 0 && this.lost(side) === 0)
  }

  /** How many bytes the other end has and we have not. */
  private lost(side: Side): number {
    const { acked, next, started } = this.streams[side]
    const missing = acked === null || !started ? 0 : ahead(next, acked)
    return missing > MAX_WINDOW ? 0 : missing
  }

  private caused(side: Side, piece: Piece): boolean {
    const { started, next } = this.streams[other(side)]
    if (piece.ack === null || !started) return true
    const missing = ahead(next, piece.ack)
    return missing === 0 || missing > MAX_WINDOW
  }

  /** Delivers what can be; gives up on what was waited for long enough. */
  private advance(now: number): void {
    this.flow()
    if (this.since !== null && this.impatient(now)) {
      for (const side of SIDES) this.giveUp(side, this.proof[side], now)
      this.since = null
    }
    for (const side of SIDES) this.bound(side, now)
    if (this.done) return
    if (this.complete()) this.since = null
    else if (this.since === null) this.wait(now)
    else if (SIDES.every((side) => this.resolved(side))) this.wait(now)
  }

  /** What was waited for has come. */
  private resolved(side: Side): boolean {
    const proof = this.proof[side]
    return proof === null || ahead(this.streams[side].next, proof) === 0
  }

  private wait(now: number): void {
    this.since = now
    this.sinceCount = this.count
    for (const side of SIDES) {
      const stream = this.streams[side]
      // Where the other end is not captured nobody acknowledges anything.
      const alone = !this.streams[other(side)].seen && stream.head ? stream.head.seq : null
      this.proof[side] = this.lost(side) > 0 ? stream.acked : alone
    }
  }

  private flow(): void {
    for (let moved = true; moved && !this.done; ) {
      moved = false
      for (const side of SIDES) while (!this.done && this.step(side)) moved = true
    }
  }

  private step(side: Side): boolean {
    const stream = this.streams[side]
    const { head } = stream
    if (!head || !stream.started || ahead(stream.next, head.seq) > 0 || !this.caused(side, head)) return false
    stream.shift()
    if (stream.trim(head)) this.deliver(side, head)
    return true
  }

  private deliver(side: Side, piece: Piece): void {
    const stream = this.streams[side]
    const { bytes, length, time } = piece
    if (length > 0) {
      for (const each of SIDES) this.certain(each, time)
      stream.next = (stream.next + length) >>> 0
      if (!stream.ended) {
        if (bytes.length > 0) this.sink.data(side, bytes, time, piece.packet)
        if (bytes.length < length) this.sink.gap(side, length - bytes.length, time)
      }
    }
    if (piece.rst) this.end(time)
    else if (piece.fin) this.close(side, time)
  }

  private close(side: Side, time: number): void {
    const stream = this.streams[side]
    if (stream.ended) return
    stream.ended = true
    if (!stream.uncertain) stream.next = (stream.next + 1) >>> 0
    stream.uncertain = false
    this.sink.close(side, time)
    if (this.streams[other(side)].ended) this.finish()
  }

  /** What was acknowledged and not seen is a byte, as more follows. */
  private certain(side: Side, time: number): void {
    const stream = this.streams[side]
    if (!stream.uncertain) return
    stream.uncertain = false
    if (!stream.ended) this.sink.gap(side, 1, time)
  }

  /** Passes over what is missing of a direction up to `limit`, and delivers what that sets free. */
  private giveUp(side: Side, limit: number | null, now: number): void {
    const stream = this.streams[side]
    while (limit !== null && stream.started && !this.done && ahead(stream.next, limit) > 0) {
      const { head } = stream
      const toHead = head ? ahead(stream.next, head.seq) : Number.POSITIVE_INFINITY
      // The other direction has to move first: it has what this one is an answer to.
      if (toHead === 0) {
        if (this.caused(side, head!)) this.flow()
        else if (!this.pass(other(side), head!.ack!, now)) return
        continue
      }
      this.skip(side, Math.min(toHead, ahead(stream.next, limit)), now)
      this.flow()
    }
  }

  /** Passes over one hole of a direction before `limit`. False where there is none. */
  private pass(side: Side, limit: number, now: number): boolean {
    const stream = this.streams[side]
    const { head } = stream
    const hole = Math.min(head ? ahead(stream.next, head.seq) : Number.POSITIVE_INFINITY, ahead(stream.next, limit))
    // Each waits for the other: their acknowledgements are no use.
    if (hole === 0) {
      const piece = stream.shift()!
      if (stream.trim(piece)) this.deliver(side, piece)
    } else this.skip(side, hole, now)
    this.flow()
    return true
  }

  private skip(side: Side, bytes: number, now: number): void {
    const stream = this.streams[side]
    stream.next = (stream.next + bytes) >>> 0
    if (stream.ended) return
    const before = stream.uncertain ? 1 : 0
    stream.uncertain = bytes + before === 1 && !stream.head
    if (!stream.uncertain) this.sink.gap(side, bytes + before, now)
  }

  private bound(side: Side, now: number): void {
    const stream = this.streams[side]
    while (!this.done && (stream.size > MAX_QUEUE || stream.waiting > MAX_PIECES || this.budget.full)) {
      const { head } = stream
      if (!head) return
      if (!stream.started) stream.begin(head.seq)
      if (ahead(stream.next, head.seq) > 0) this.skip(side, ahead(stream.next, head.seq), now)
      const piece = stream.shift()!
      if (stream.trim(piece)) this.deliver(side, piece)
      this.flow()
    }
  }

  /** So much time has passed that nothing is waited for any more that was before. */
  hurry(now: number): void {
    if (this.done || this.since === null) return
    this.sinceCount = this.count - PATIENCE_PACKETS
    if (this.settled) this.advance(now)
    else this.settle(now)
  }

  /** No more packets come: all that is there is delivered, gaps between. */
  flush(now: number): void {
    if (!this.settled) this.settle(now)
    while (!this.done) {
      this.flow()
      for (const side of SIDES) this.giveUp(side, this.streams[side].acked, now)
      const side = SIDES.find((each) => this.streams[each].head !== null)
      if (side === undefined || this.done) return
      const { head, next, started } = this.streams[side]
      if (!started) this.streams[side].begin(head!.seq)
      else if (ahead(next, head!.seq) > 0) this.skip(side, ahead(next, head!.seq), now)
      else if (!this.caused(side, head!)) this.pass(other(side), head!.ack!, now)
    }
  }

  /** The connection is reset, or forgotten: what waits is delivered first. */
  end(now: number): void {
    if (this.done) return
    this.flush(now)
    if (!this.done) this.sink.close(null, now)
    this.finish()
  }

  /** Nothing is delivered any more. */
  stop(): void {
    this.finish()
  }

  private finish(): void {
    this.done = true
    for (const side of SIDES) this.streams[side].clear()
  }

  /** Whether a SYN (`ack` null) or its answer begins another connection on the same ports. */
  isNew(side: Side, seq: number, ack: number | null): boolean {
    const own = this.isn[side]
    const peer = this.isn[other(side)]
    if (own !== null) return own !== seq
    if (this.done) return true
    if (peer !== null && ack !== null) return (peer + 1) >>> 0 !== ack
    // Packets may be mixed up: what follows this SYN may have come before it.
    const stream = this.streams[side]
    const start = (seq + 1) >>> 0
    const places = stream.started ? [stream.next] : [stream.lowest, stream.firstAck]
    return !places.some((place) => {
      if (place === null) return false
      return place === start || (behind(place, start) > 0 && behind(place, start) <= NEAR)
    })
  }
}
