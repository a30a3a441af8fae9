/** What a comparison of two sessions works on and what it tells. */
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import type { Finding } from '../findings/finding.ts'

export type MessageKind = 'request' | 'response'

/** A field's place: `[path, offset, length, type]`, from the first byte of the frame's size field. */
export type Place = readonly [path: string, offset: number, length: number, type: string]

/** One frame of a session, as a comparison looks at it. Values are made when they are asked for. */
export interface Side {
  /** Of the frame on the wire; 0 where there are no bytes (a log). */
  readonly size: number
  /** The frame as it may be shown, secrets overwritten; null where nothing is known of its bytes. */
  readonly shown: Uint8Array | null
  /** Bytes as they were; only to be compared. */
  readonly raw: Uint8Array | null
  /** `{header, body}` with nested bytes as what they hold. */
  readonly json: JsonObject
  /** The decoder did not come to its end: what is missing was not reached. */
  readonly stopped: boolean
  /** Fields that hold no others, in the order of the bytes. */
  leaves(): readonly Place[]
  /** Ranges that are secret. */
  readonly secrets: readonly (readonly [from: number, end: number])[]
}

/** A request and its answer, of either session. */
export interface Item {
  readonly id: number
  readonly connection: number
  readonly clientId: string | null
  readonly apiKey: number
  readonly api: string
  readonly apiVersion: number
  /** Of the first frame, in microseconds. */
  readonly time: number
  readonly noResponse: string | null
  readonly findings: readonly Finding[]
  /** The SASL mechanism of the connection. */
  readonly mechanism: string | null
  /** Bytes of both frames. */
  readonly size: number
  /** Null where there is no such frame. */
  side(kind: MessageKind): Side | null
}

export type What =
  | 'value'
  | 'error code'
  | 'encoding'
  | 'presence'
  | 'order'
  | 'version'
  | 'version range'
  | 'renaming'
  | 'answer'
  | 'finding'
  | 'exchange'
  | 'connection'

/** One thing in which the sessions differ. */
export interface Difference {
  readonly what: What
  readonly message: string
  readonly api: string | null
  readonly apiVersion: number | null
  readonly kind: MessageKind | null
  /** The field's path in A (in B where A has none); empty where it is no matter of a field. */
  readonly path: string
  readonly a: Half | null
  readonly b: Half | null
}

/** A difference as one of the sessions has it. */
export interface Half {
  readonly exchange: number | null
  readonly connection: number | null
  readonly path: string
  readonly offset: number | null
  readonly length: number | null
  /** Of a finding: where what its cause changed begins. */
  readonly from?: number
  /** Undefined where this session lacks it. */
  readonly value: JsonValue | undefined
}

/** What is told of a pair of exchanges, or of one that the other session lacks. */
export interface Told {
  readonly a: Item | null
  readonly b: Item | null
  readonly differences: readonly Difference[]
}

export interface Summary {
  readonly exchanges: { readonly a: number; readonly b: number }
  readonly pairs: number
  /** Pairs and lone exchanges with differences. */
  readonly differing: number
  readonly differences: number
  readonly byWhat: Readonly<Record<string, number>>
  /** How often what was bound to differ did, by the name of its rule. */
  readonly bound: Readonly<Record<string, number>>
}
