/** An exchange as rules over a session see it: its bodies are decoded when a rule asks, once for all of them. */
import type { DecodedFrame } from '../codec/frame.ts'
import { isObject, type JsonObject } from '../codec/json-text.ts'
import { valueAt } from '../codec/value.ts'
import type { Exchange, Frame } from '../session/exchange.ts'
import type { Decoder } from './decoder.ts'

/** Frames larger than this many bytes have no values here: nobody needs a whole body of that size to judge a session. */
const MAX_VALUES = 1024 * 1024

type Side = 'request' | 'response'

export class Seen {
  readonly exchange: Exchange
  private readonly decoders: Readonly<Record<Side, Decoder>>
  private requestBody: JsonObject | null | undefined
  private responseBody: JsonObject | null | undefined

  /** What it gives is valid until the decoders' next use. */
  constructor(exchange: Exchange, decoders: Readonly<Record<Side, Decoder>>) {
    this.exchange = exchange
    this.decoders = decoders
  }

  /** The decoded frame, broken or not; null where there is none, it was not kept whole, or it is no Kafka frame. */
  frame(side: Side): DecodedFrame | null {
    const frame = this.exchange[side]
    return frame && readable(this.exchange, frame) ? this.decoders[side].decode(frame) : null
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
    const known = side === 'request' ? this.requestBody : this.responseBody
    if (known !== undefined) return known
    const decoded = this.whole(side)
    const value = decoded ? valueAt(decoded.bytes, decoded.table, decoded.bodyLine) : null
    const body = isObject(value) ? value : null
    if (side === 'request') this.requestBody = body
    else this.responseBody = body
    return body
  }
}

/** Whether a frame's bytes are all there and are a Kafka message. */
export const readable = (exchange: Exchange, frame: Frame): boolean => frame.kept && exchange.framing === 'kafka'
