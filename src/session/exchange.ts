import type { Connection } from './connection.ts'
import type { Direction } from './segment.ts'

/** A frame as it was on the wire. */
export interface Frame {
  readonly kind: Direction
  /** Of the segment that held its first byte, in microseconds. */
  readonly time: number
  readonly packet: number | null
  /** The frame from its size field on. Shorter than `size` where the frame is too large to keep: see `kept`. */
  readonly bytes: Uint8Array
  /** Bytes on the wire, the size field's four included. */
  readonly size: number
  /** Whether `bytes` is all of it. */
  readonly kept: boolean
  /**
   * How it is to be read: versions of API and header. For a response they follow from its request, but for the
   * exceptions of the protocol (ApiVersions answers an unsupported version in header v0 and body v0).
   */
  readonly apiKey: number
  readonly apiVersion: number
  readonly headerVersion: number
}

/** Why there is no answer. */
export type NoResponse = 'acks=0' | 'pending' | 'connection closed' | 'not captured'

/** A request and its answer. */
export interface Exchange {
  /** Unique in the session, ascending from 1 in the order of the requests. */
  readonly id: number
  readonly connection: Connection
  /**
   * `kafka`; or `sasl`: a raw SASL token without a Kafka header (after SaslHandshake v0, or without any handshake):
   * frames of it have a size field and then the token. Their api is `SaslToken`, key -1, version 0.
   */
  readonly framing: 'kafka' | 'sasl'
  readonly apiKey: number
  /** `JoinGroup`; of an unknown key `Unknown(10001)`. */
  readonly api: string
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
  /** Null in a one-sided capture, or for an answer to nothing. */
  request: Frame | null
  response: Frame | null
  noResponse: NoResponse | null
}

/** Something that a session saw that is no exchange. The findings' rules turn these into findings. */
export type Anomaly =
  /** An answer whose correlation id no pending request has, or not the oldest (`expected`). */
  | { readonly kind: 'correlation'; readonly expected: number | null; readonly actual: number; readonly frame: Frame }
  /**
   * A size that no frame can have, or a frame that ends with the connection: `claimed` is the size field's value, `had`
   * the bytes after it, `bytes` what there is from the size field on (at most 64 KB). Where the connection ends within
   * the size field, 4 bytes are claimed and `bytes` is shorter than that.
   */
  | { readonly kind: 'frame-size'; readonly claimed: number; readonly had: number; readonly bytes: Uint8Array }
  /** Both sides speak TLS: Kafka may be inside, but there are no keys. `bytes` are the first of the side seen first. */
  | { readonly kind: 'encrypted'; readonly detail: string; readonly bytes: Uint8Array }
  /** Bytes that are no Kafka at all: what they look like. */
  | {
      readonly kind: 'not-kafka'
      readonly looksLike: 'tls' | 'tls-alert' | 'http' | 'http2' | 'ssh' | 'text' | 'unknown'
      readonly detail: string
      readonly bytes: Uint8Array
    }
  /** A frame too short for an API key, version and correlation id, or, of a response, for a correlation id. */
  | { readonly kind: 'short-header'; readonly frame: Frame }
  /** A frame larger than is kept in memory: relayed, not decoded. */
  | { readonly kind: 'too-large'; readonly size: number }

export type SessionEvent =
  | { readonly type: 'connection'; readonly connection: Connection }
  /** A request was seen whole; the answer is awaited. Comes before its `exchange` event, unless the answer never was to come. */
  | { readonly type: 'request'; readonly exchange: Exchange }
  /** An exchange is complete, or it is certain that it never will be (`noResponse`). Once for every exchange. */
  | { readonly type: 'exchange'; readonly exchange: Exchange }
  | {
      /** Comes before the `request` or `exchange` event that completes what it belongs to. */
      readonly type: 'anomaly'
      readonly connection: Connection
      readonly direction: Direction
      readonly time: number
      readonly packet: number | null
      /** The exchange it belongs to, where there is one. */
      readonly exchange: Exchange | null
      readonly anomaly: Anomaly
    }
  | {
      readonly type: 'gap'
      readonly connection: Connection
      readonly direction: Direction
      readonly time: number
      /** Bytes missing, and bytes skipped after them until a frame was found again. */
      readonly bytes: number
      readonly skipped: number
    }
  | { readonly type: 'closed'; readonly connection: Connection; readonly time: number }
