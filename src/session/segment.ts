/**
 * What all sources speak: a capture, a live socket, a test that types bytes by hand.
 *
 * Time is in microseconds since 1970, as a number. Direction is named after what flows that way: `request` is from
 * client to broker, `response` back.
 */
export type Direction = 'request' | 'response'

export const peerOf = (direction: Direction): Direction => (direction === 'request' ? 'response' : 'request')

export interface ConnectionInfo {
  /** Unique in the session, ascending from 1. */
  readonly id: number
  /** `host:port` of the end that opened the connection, and of the broker's end. */
  readonly client: string
  readonly broker: string
  /** A capture that did not see it begin: its first bytes may be anywhere in a frame. */
  readonly midstream?: boolean
}

export type Segment =
  | { readonly type: 'open'; readonly connection: ConnectionInfo; readonly time: number }
  | {
      readonly type: 'data'
      readonly connection: number
      readonly direction: Direction
      readonly time: number
      /** Not copied and not written to after: whoever pushes it gives it away, unless it is `borrowed`. */
      readonly bytes: Uint8Array
      /** The bytes are there only while the segment is pushed: what is kept of them is copied. */
      readonly borrowed?: boolean
      /** The number of the packet it came in, counted as Wireshark does. */
      readonly packet?: number
    }
  | {
      readonly type: 'gap'
      readonly connection: number
      readonly direction: Direction
      readonly time: number
      /**
       * How many bytes are missing; 0 where nobody knows. A source that can tell (by what the other side acknowledges)
       * pushes a gap before the answers to what was lost, or those look like answers to nothing.
       */
      readonly bytes: number
    }
  /** One side has ended (`direction`), or, without a direction, the connection is gone. */
  | { readonly type: 'close'; readonly connection: number; readonly direction?: Direction; readonly time: number }

/** The segment, to be kept: what is borrowed is copied. */
export function keepable(segment: Segment): Segment {
  if (segment.type !== 'data' || !segment.borrowed) return segment
  const { borrowed, bytes, ...rest } = segment
  return { ...rest, bytes: new Uint8Array(bytes) }
}
