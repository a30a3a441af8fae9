/** What keys of TLS records have in common. */

/** Content type, version, length. */
export const HEADER = 5

export interface Opened {
  /** Content type, the inner one of TLS 1.3. */
  readonly type: number
  readonly content: Uint8Array
}

export interface RecordKey {
  /** Opens a record (its header included) that is the `seq`-th under this key; null where its proof does not fit. */
  open(record: Uint8Array, seq: number): Opened | null
  /** The key after a KeyUpdate; null in TLS 1.2, which has none. */
  next(): RecordKey | null
}
