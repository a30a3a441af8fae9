/** One connection: its two directions framed, what they carry paired, its end. */
import { i16 } from '../bytes/read.ts'
import { requestMessage } from '../codec/messages.ts'
import type { Budget } from './assembly.ts'
import { RequestCandidate, ResponseCandidate } from './candidates.ts'
import { type Connection, newConnection } from './connection.ts'
import type { Anomaly, Exchange, SessionEvent } from './exchange.ts'
import { Exchanges, type Shared } from './exchanges.ts'
import { type Cut, type Framed, Framing, type Lost } from './framing.ts'
import { RESPONSE_HEADER, responseCorrelationId } from './header.ts'
import { lookAt, SERVER_HELLO } from './not-kafka.ts'
import { type ConnectionInfo, type Direction, peerOf, type Segment } from './segment.ts'

interface Encrypted {
  readonly lost: Lost
  readonly direction: Direction
  readonly detail: string
}

type Data = Extract<Segment, { type: 'data' }>

export class Conversation {
  readonly connection: Connection
  private readonly exchanges: Exchanges
  private readonly framing: Record<Direction, Framing>
  private readonly ended: Record<Direction, boolean> = { request: false, response: false }
  /** The side that ended first, while the other was open. */
  private left: Direction | null = null
  /** A side that speaks TLS, while it is not known whether the other does too; `both` once it does. */
  private tls: Encrypted | 'both' | null = null

  constructor(info: ConnectionInfo, time: number, maxFrame: number, budget: Budget, shared: Shared) {
    this.connection = newConnection(info, time)
    this.exchanges = new Exchanges(this.connection, shared)
    const requests = new RequestCandidate(this.connection, shared.peek)
    const responses = new ResponseCandidate(this.exchanges.pending, shared.peek)
    this.framing = {
      request: new Framing(maxFrame, budget, requests),
      response: new Framing(maxFrame, budget, responses),
    }
    if (!info.midstream) return
    this.framing.request.beginMidstream(time)
    this.framing.response.beginMidstream(time)
  }

  data({ direction, time, bytes, packet, borrowed }: Data, events: SessionEvent[]): void {
    if (bytes.length === 0 || this.ended[direction] || this.connection.closed !== null) return
    if (direction === 'request') this.connection.requestBytes += bytes.length
    else this.connection.responseBytes += bytes.length
    this.settle(peerOf(direction), events)
    const framing = this.framing[direction]
    framing.take(bytes, time, packet ?? null, borrowed)
    for (let framed = framing.next(); framed; framed = framing.next()) this.handle(framed, direction, events)
  }

  /** The other side says something: what was gathered of a direction that makes no sense is judged as it is. */
  private settle(direction: Direction, events: SessionEvent[]): void {
    const lost = this.framing[direction].flush()
    if (lost) this.handle(lost, direction, events)
  }

  private handle(framed: Framed, direction: Direction, events: SessionEvent[]): void {
    switch (framed.type) {
      case 'frame':
        this.tell(events)
        if (direction === 'request') this.exchanges.request(framed, events)
        else this.exchanges.response(framed, events)
        break
      case 'lost':
        this.lose(framed, direction, events)
        break
      case 'cut':
        this.cut(framed, direction, events)
        break
      case 'found': {
        const { missing, skipped, time } = framed
        if (!framed.exact) this.exchanges.lost(direction)
        // A capture that begins in the middle of a connection, but between two frames, lacks nothing that is known of.
        if (missing + skipped === 0 && this.connection.midstream) break
        events.push({ type: 'gap', connection: this.connection, direction, time, bytes: missing, skipped })
      }
    }
  }

  gap(direction: Direction, bytes: number, time: number, events: SessionEvent[]): void {
    if (this.ended[direction] || this.connection.closed !== null) return
    const framed = this.framing[direction].gap(bytes, time)
    // Where frames are found again shows later; answers to lost requests may come before.
    if (!framed.some((each) => each.type === 'found' && each.exact)) this.exchanges.lost(direction)
    for (const each of framed) this.handle(each, direction, events)
  }

  private lose(lost: Lost, direction: Direction, events: SessionEvent[]): void {
    const { claimed, bytes } = lost
    const look = lookAt(bytes)
    const side = direction === 'request' ? 'the client' : 'the broker'
    // Text after frames is more likely from inside a frame than a new protocol.
    const framed =
      look.looksLike === 'unknown'
        ? !lost.first || this.resemblesKafka(bytes, direction)
        : look.looksLike === 'text' && !lost.first
    const why = framed ? `${side} sends a frame size of ${claimed}` : `${side} sends ${look.detail}`
    this.connection.opaque ??= why
    if (direction === 'request') this.exchanges.blind = true
    if (look.looksLike === 'tls') {
      this.encrypted({ lost, direction, detail: look.detail }, events)
      return
    }
    this.tell(events)
    const anomaly: Anomaly = framed
      ? { kind: 'frame-size', claimed, had: Math.max(0, bytes.length - 4), bytes }
      : { kind: 'not-kafka', ...look, bytes }
    this.anomaly(anomaly, direction, lost, null, events)
  }

  /** TLS on one side only is a mistake; on both it is a connection that can't be looked into. */
  private encrypted(side: Encrypted, events: SessionEvent[]): void {
    if (this.tls === 'both') return
    if (this.tls === null) {
      this.tls = side
      return
    }
    const { lost, direction } = this.tls
    // What was agreed on the broker says.
    const answer = side.detail.startsWith(SERVER_HELLO) ? `, answered with ${side.detail}` : ''
    const detail = `${this.tls.detail}${answer}`
    this.tls = 'both'
    this.anomaly({ kind: 'encrypted', detail, bytes: lost.bytes }, direction, lost, null, events)
  }

  /** The other side does not speak TLS, or will say nothing any more: then one side does that should not. */
  private tell(events: SessionEvent[]): void {
    if (this.tls === null || this.tls === 'both') return
    const { lost, direction, detail } = this.tls
    this.tls = null
    this.anomaly({ kind: 'not-kafka', looksLike: 'tls', detail, bytes: lost.bytes }, direction, lost, null, events)
  }

  /** Whether what follows a size that can't be one reads like a Kafka header: then only the size is wrong. */
  private resemblesKafka(bytes: Uint8Array, direction: Direction): boolean {
    if (direction === 'request') {
      return bytes.length >= 8 && requestMessage(i16(bytes, 4), i16(bytes, 6)) !== null
    }
    if (bytes.length < RESPONSE_HEADER) return false
    return this.exchanges.pending.find(responseCorrelationId(bytes)) !== null
  }

  private cut(cut: Cut, direction: Direction, events: SessionEvent[]): void {
    // Whoever reads has left before: what was under way to it ends anywhere.
    if (this.left === peerOf(direction)) return
    const { claimed, had, bytes } = cut
    const foreign = bytes.length < 4 && !this.framing[direction].begun ? lookAt(bytes) : null
    if (foreign?.looksLike === 'text') {
      this.connection.opaque ??= `${direction === 'request' ? 'the client' : 'the broker'} sends ${foreign.detail}`
      this.anomaly({ kind: 'not-kafka', ...foreign, bytes }, direction, cut, null, events)
      return
    }
    const answers = direction === 'response' && bytes.length >= RESPONSE_HEADER
    const exchange = answers ? this.exchanges.pending.find(responseCorrelationId(bytes)) : null
    this.anomaly({ kind: 'frame-size', claimed, had, bytes }, direction, cut, exchange, events)
  }

  private anomaly(
    anomaly: Anomaly,
    direction: Direction,
    { time, packet }: { time: number; packet: number | null },
    exchange: Exchange | null,
    events: SessionEvent[],
  ): void {
    events.push({ type: 'anomaly', connection: this.connection, direction, time, packet, exchange, anomaly })
  }

  /** One side has ended, or without a direction both. True where the connection is gone. */
  close(direction: Direction | undefined, time: number, events: SessionEvent[]): boolean {
    if (this.connection.closed !== null) return true
    this.left ??= direction ?? null
    this.connection.endedBy = this.left
    if (direction !== 'response') this.endOf('request', true, events)
    if (direction !== 'request') {
      this.endOf('response', true, events)
      this.exchanges.end('connection closed', events)
    }
    if (!this.ended.request || !this.ended.response) return false
    this.tell(events)
    this.exchanges.end('connection closed', events)
    this.connection.closed = time
    events.push({ type: 'closed', connection: this.connection, time })
    return true
  }

  private endOf(direction: Direction, cutShort: boolean, events: SessionEvent[]): void {
    if (this.ended[direction]) return
    this.ended[direction] = true
    const rest = this.framing[direction].finish(cutShort)
    if (rest) this.handle(rest, direction, events)
  }

  /** The session ends, the connection may go on. */
  end(events: SessionEvent[]): void {
    this.endOf('request', false, events)
    this.endOf('response', false, events)
    this.tell(events)
    this.exchanges.end('pending', events)
  }
}
