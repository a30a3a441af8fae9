/** What a bytes field can hold, in words that tables of facts are made of. Nothing here reads bytes. */

/**
 * How bytes say which message they are.
 *
 * - `message`: the message is known. Its version is a number that is known too; or stands in front as an int16
 *   (`int16`), or is the message's own first field (`own-int16`, `own-int32`). `newer: true`: versions above the
 *   highest known one are read as that one, as ConsumerProtocol of kafka-clients does.
 * - `typed`: a number in front chooses the message. `int16`: the record type of coordinators' keys (or, before Kafka
 *   4.0, the key's version; it is the same number), the message's version is 0. `frame`: three unsigned varints: frame
 *   version, record type, version (AbstractApiMessageSerde of server-common).
 * - `json`: text.
 */
export type NestedFormat = Certainty &
  (
    | { readonly form: 'message'; readonly message: string; readonly version: VersionPlace; readonly newer?: boolean }
    | { readonly form: 'typed'; readonly lead: 'int16' | 'frame'; readonly types: ReadonlyMap<number, string> }
    | { readonly form: 'json'; readonly title: string }
  )

type VersionPlace = number | 'int16' | 'own-int16' | 'own-int32'

interface Certainty {
  /** Whether it must be this: if so, bytes that do not fit are broken, else they are something else. */
  readonly certain: boolean
}

/** What a field holds; the readers of `src/codec/nested.ts` go by it. */
export type Holds =
  | 'group-subscription'
  | 'group-assignment'
  | 'subscription-user-data'
  | 'assignment-user-data'
  | 'connect-assignment'
  | 'envelope-request'
  | 'envelope-response'
  | 'principal'
  | 'ip-address'
  | 'sasl-client'
  | 'sasl-server'
  /** Nothing with fields of its own: why is `BytesField.why`. */
  | 'opaque'

/** A bytes field of a message. */
export interface BytesField {
  readonly message: string
  readonly field: string
  readonly holds: Holds
  /** Names of fields that come before it in the message and say what it is: of its group protocol, its assignor. */
  readonly protocolType?: string
  readonly protocol?: string
  readonly why?: string
}
