/** An exchange as rules over a session see it: its bodies are decoded when a rule asks, once for all of them. */
import { type DecodedFrame, decodeFrame } from '../codec/frame.ts'
import type { JsonObject } from '../codec/json-text.ts'
import type { Run } from '../codec/run.ts'
import { valueAt } from '../codec/value.ts'
import type { Exchange, Frame } from '../session/exchange.ts'

/** Frames larger than this many bytes have no values here: nobody needs a whole body of that size to judge a session. */
const MAX_VALUES = 1024 * 1024

type Side = 'request' | 'response'

export class Seen {
  readonly exchange: Exchange
  private readonly decoded: Record<Side, DecodedFrame | null>
  private readonly runs: Readonly<Record<Side, Run>>
  private readonly values: { request?: JsonObject | null; response?: JsonObject | null } = {}

  /** `decoded` is what was decoded already, `runs` decode the rest: both are valid until the runs' next use. */
  constructor(exchange: Exchange, decoded: Record<Side, DecodedFrame | null>, runs: Readonly<Record<Side, Run>>) {
    this.exchange = exchange
    this.decoded = decoded
    this.runs = runs
  }

  /** The decoded frame, broken or not; null where there is none, it was not kept whole, or it is no Kafka frame. */
  frame(side: Side): DecodedFrame | null {
    const frame = this.exchange[side]
    if (!frame || !readable(this.exchange, frame)) return null
    this.decoded[side] ??= decodeFrame(frame.bytes, frame, this.runs[side], frame.headerVersion)
    return this.decoded[side]
  }

  /** The decoded frame, where its body was read to its last byte and is not too large for values. */
  whole(side: Side): DecodedFrame | null {
    const decoded = this.frame(side)
    const whole = decoded !== null && decoded.bodyLine >= 0 && !decoded.stopped && decoded.bytes.length <= MAX_VALUES
    return whole ? decoded : null
  }

  /**
   * The body's values in Kafka's JSON shape (bytes as views); null where there is no such frame, or it does not decode
   * to its last byte. For messages of groups, metadata and the like; of Produce and Fetch read single lines instead.
   */
  body(side: Side): JsonObject | null {
    const known = this.values[side]
    if (known !== undefined) return known
    const decoded = this.whole(side)
    const value = decoded ? valueAt(decoded.bytes, decoded.table, decoded.bodyLine) : null
    const body = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
    this.values[side] = body
    return body
  }
}

/** Whether a frame's bytes are all there and are a Kafka message. */
export const readable = (exchange: Exchange, frame: Frame): boolean => frame.kept && exchange.framing === 'kafka'
