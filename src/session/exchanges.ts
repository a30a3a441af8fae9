/**
 * Frames of one connection to exchanges. Answers come in the order of the requests; what breaks that rule is an
 * anomaly, which is told before the `exchange` event of the exchange it belongs to.
 */
import { i16, i32 } from '../bytes/read.ts'
import { apiName, requestHeaderVersion, responseHeaderVersion } from '../codec/messages.ts'
import type { Connection } from './connection.ts'
import type { Anomaly, Exchange, Frame, NoResponse, SessionEvent } from './exchange.ts'
import type { RawFrame } from './framing.ts'
import {
  apiKeyAt,
  apiVersionAt,
  ClientIds,
  REQUEST_HEADER,
  RESPONSE_HEADER,
  requestCorrelationId,
  responseCorrelationId,
} from './header.ts'
import { GivenUp, Pending } from './pairing.ts'
import { fieldValue, type Peek } from './peek.ts'
import { SASL_AUTHENTICATE, SASL_HANDSHAKE, Sasl } from './sasl.ts'
import type { Direction } from './segment.ts'
import type { SessionState } from './state.ts'

/** What all connections of a session share. */
export interface Shared {
  readonly state: SessionState
  readonly peek: Peek
  readonly maxPending: number
  /** The id of the newest exchange; 0 before the first. */
  lastId: number
}

const PRODUCE = 0
const API_VERSIONS = 18
const UNSUPPORTED_VERSION = 35

/** The longest that can stand before `acks`: a header with its tags, a transactional id. */
const BEFORE_ACKS = 80 * 1024

export class Exchanges {
  readonly pending = new Pending()
  /** The requests are not read (any more), so answers to nothing are no wonder. */
  blind = false
  private readonly givenUp = new GivenUp()
  private readonly sasl: Sasl
  private readonly clientIds = new ClientIds()
  /** Answers up to this exchange may be lost in a gap. */
  private lostUpTo = 0
  /** Requests were missed: answers to nothing are believed until one answers a later exchange than this. */
  private missedUpTo: number | null
  private readonly connection: Connection
  private readonly shared: Shared

  constructor(connection: Connection, shared: Shared) {
    this.connection = connection
    this.shared = shared
    this.sasl = new Sasl(connection, shared.peek)
    this.missedUpTo = connection.midstream ? shared.lastId : null
  }

  request(raw: RawFrame, events: SessionEvent[]): void {
    const { connection } = this
    if (!this.readable(raw, REQUEST_HEADER)) return
    const first = connection.requests === 0 && !connection.midstream
    connection.requests++
    if (this.sasl.isToken(raw.bytes, first)) {
      const exchange = this.exchange('sasl', frameOf(raw, 'request', -1, 0, 0), -1, null)
      this.sasl.token(raw.bytes.subarray(4))
      this.await(exchange, raw, events)
      return
    }
    if (raw.bytes.length < REQUEST_HEADER) {
      this.shortHeader(raw, 'request', events)
      return
    }
    const apiKey = apiKeyAt(raw.bytes)
    const apiVersion = apiVersionAt(raw.bytes)
    const headerVersion = requestHeaderVersion(apiKey, apiVersion)
    const frame = frameOf(raw, 'request', apiKey, apiVersion, headerVersion)
    const clientId = this.clientIds.read(raw.bytes, headerVersion)
    connection.clientId ??= clientId
    const exchange = this.exchange('kafka', frame, requestCorrelationId(raw.bytes), clientId)
    this.sasl.request(frame)
    this.shared.state.request(connection, frame)
    if (apiKey === PRODUCE && this.acks(frame) === 0) {
      this.tooLarge(raw, exchange, 'request', events)
      finish(exchange, 'acks=0', events)
    } else this.await(exchange, raw, events)
  }

  /** False for the rest of a frame that fell into a gap so early that nothing can be said of it. */
  private readable(raw: RawFrame, header: number): boolean {
    return raw.kept || raw.tooLarge || raw.bytes.length >= header
  }

  private exchange(
    framing: Exchange['framing'],
    request: Frame | null,
    correlationId: number,
    clientId: string | null,
  ): Exchange {
    const apiKey = request?.apiKey ?? -1
    return {
      id: ++this.shared.lastId,
      connection: this.connection,
      framing,
      apiKey,
      api: framing === 'sasl' ? 'SaslToken' : request ? (apiName(apiKey) ?? `Unknown(${apiKey})`) : 'Unknown',
      apiVersion: request?.apiVersion ?? 0,
      correlationId,
      clientId,
      request,
      response: null,
      noResponse: null,
    }
  }

  private await(exchange: Exchange, raw: RawFrame, events: SessionEvent[]): void {
    this.tooLarge(raw, exchange, 'request', events)
    this.pending.add(exchange)
    events.push({ type: 'request', exchange })
    if (this.pending.size <= this.shared.maxPending) return
    const oldest = this.pending.shift()!
    if (oldest.framing === 'kafka') this.givenUp.add(oldest.correlationId)
    finish(oldest, 'not captured', events)
  }

  private acks(frame: Frame): unknown {
    return fieldValue(this.shared.peek.frame(frame, BEFORE_ACKS), 'acks')
  }

  response(raw: RawFrame, events: SessionEvent[]): void {
    const { connection, pending } = this
    if (!this.readable(raw, RESPONSE_HEADER)) return
    connection.responses++
    const correlationId = raw.bytes.length < RESPONSE_HEADER ? null : responseCorrelationId(raw.bytes)
    if (correlationId !== null && this.givenUp.take(correlationId)) return
    const match = correlationId === null ? null : pending.find(correlationId)
    const { oldest } = pending
    if (oldest?.framing === 'sasl' && match === null) {
      pending.shift()
      this.complete(oldest, frameOf(raw, 'response', -1, 0, 0), raw, events)
      this.sasl.answered(raw.bytes.subarray(4))
    } else if (correlationId === null) this.shortHeader(raw, 'response', events)
    else if (match === null) this.unasked(raw, correlationId, events)
    else this.answer(match, raw, events)
  }

  private answer(exchange: Exchange, raw: RawFrame, events: SessionEvent[]): void {
    const { pending } = this
    this.passOver(exchange, events)
    const { oldest } = pending
    const frame = responseFrame(exchange, raw)
    if (oldest !== exchange) {
      const anomaly: Anomaly = {
        kind: 'correlation',
        expected: oldest!.correlationId,
        actual: exchange.correlationId,
        frame,
      }
      this.anomaly(anomaly, 'response', raw, exchange, events)
    }
    pending.remove(exchange.correlationId)
    this.givenUp.clear()
    if (this.missedUpTo !== null && exchange.id > this.missedUpTo) this.missedUpTo = null
    this.complete(exchange, frame, raw, events)
    if (frame.apiKey === SASL_HANDSHAKE || frame.apiKey === SASL_AUTHENTICATE) this.sasl.response(frame)
    this.shared.state.response(exchange, frame)
  }

  /**
   * Ends older exchanges whose answers are known not to come: lost in a gap, or the last token of a GSSAPI login, which
   * a broker need not answer (SaslServerAuthenticator sends only what the mechanism returns).
   */
  private passOver(exchange: Exchange, events: SessionEvent[]): void {
    for (let { oldest } = this.pending; oldest && oldest !== exchange; oldest = this.pending.oldest) {
      if (oldest.framing !== 'sasl' && oldest.id > this.lostUpTo) return
      this.pending.shift()
      finish(oldest, 'not captured', events)
    }
  }

  private complete(exchange: Exchange, frame: Frame, raw: RawFrame, events: SessionEvent[]): void {
    exchange.response = frame
    this.tooLarge(raw, exchange, 'response', events)
    events.push({ type: 'exchange', exchange })
  }

  /** An answer that no request waits for. */
  private unasked(raw: RawFrame, correlationId: number, events: SessionEvent[]): void {
    const frame = frameOf(raw, 'response', -1, 0, 0)
    if (this.missedUpTo !== null || this.blind) {
      this.complete(this.exchange('kafka', null, correlationId, null), frame, raw, events)
      return
    }
    const expected = this.pending.oldest?.correlationId ?? null
    this.anomaly({ kind: 'correlation', expected, actual: correlationId, frame }, 'response', raw, null, events)
  }

  private shortHeader(raw: RawFrame, direction: Direction, events: SessionEvent[]): void {
    const { bytes } = raw
    const request = direction === 'request'
    const apiKey = request && bytes.length >= 6 ? i16(bytes, 4) : -1
    const apiVersion = request && bytes.length >= 8 ? i16(bytes, 6) : 0
    const headerVersion = request ? requestHeaderVersion(apiKey, apiVersion) : 0
    const frame = frameOf(raw, direction, apiKey, apiVersion, headerVersion)
    this.anomaly({ kind: 'short-header', frame }, direction, raw, null, events)
  }

  private tooLarge(raw: RawFrame, exchange: Exchange, direction: Direction, events: SessionEvent[]): void {
    if (raw.tooLarge) this.anomaly({ kind: 'too-large', size: raw.size }, direction, raw, exchange, events)
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

  /** Frames of a direction were lost, up to now. */
  lost(direction: Direction): void {
    if (direction === 'response') this.lostUpTo = this.shared.lastId
    else {
      this.missedUpTo = this.shared.lastId
      this.sasl.resume()
    }
  }

  /** No more answers come. */
  end(why: 'pending' | 'connection closed', events: SessionEvent[]): void {
    if (why === 'connection closed') this.sasl.closed(this.pending.oldest?.framing === 'sasl')
    for (let exchange = this.pending.shift(); exchange; exchange = this.pending.shift()) {
      finish(exchange, exchange.id <= this.lostUpTo ? 'not captured' : why, events)
    }
  }
}

function finish(exchange: Exchange, why: NoResponse, events: SessionEvent[]): void {
  exchange.noResponse = why
  events.push({ type: 'exchange', exchange })
}

function frameOf(raw: RawFrame, kind: Direction, apiKey: number, apiVersion: number, headerVersion: number): Frame {
  const { bytes, size, kept, time, packet } = raw
  return { kind, time, packet, bytes, size, kept, apiKey, apiVersion, headerVersion }
}

function responseFrame({ apiKey, apiVersion }: Exchange, raw: RawFrame): Frame {
  const version = apiKey === API_VERSIONS && isFallback(raw.bytes, apiVersion) ? 0 : apiVersion
  return frameOf(raw, 'response', apiKey, version, responseHeaderVersion(apiKey, version))
}

/**
 * A broker answers an ApiVersions request of a version it lacks in version 0, with error 35 and (since 2.4) the versions
 * it has (KIP-511). True where the bytes are such an answer to the last: error, count, 6 bytes for each.
 */
function isFallback(bytes: Uint8Array, asked: number): boolean {
  if (asked === 0 || bytes.length < 14 || i16(bytes, 8) !== UNSUPPORTED_VERSION) return false
  return 14 + 6 * i32(bytes, 10) === bytes.length
}
