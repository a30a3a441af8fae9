/**
 * Where things are in record batches and message sets. Facts: the Kafka protocol guide ("Record Batch"), and
 * DefaultRecordBatch, LegacyRecord, ControlRecordType of kafka-clients. Offsets count from the batch's first byte.
 */

/** All formats begin with an int64 offset and an int32 size, which counts what follows it; magic is the 17th byte. */
export const PREFIX = 12
export const SIZE_AT = 8
export const MAGIC_AT = 16
export const MAX_MAGIC = 2

/** Magic 2. */
export const LEADER_EPOCH_AT = 12
export const CRC_AT = 17
/** The CRC-32C covers from here to the batch's end. */
export const ATTRIBUTES_AT = 21
export const LAST_OFFSET_DELTA_AT = 23
export const BASE_TIMESTAMP_AT = 27
export const MAX_TIMESTAMP_AT = 35
export const PRODUCER_ID_AT = 43
export const PRODUCER_EPOCH_AT = 51
export const BASE_SEQUENCE_AT = 53
export const COUNT_AT = 57
export const RECORDS_AT = 61

/** Magic 0 and 1. */
export const LEGACY_CRC_AT = 12
export const LEGACY_ATTRIBUTES_AT = 17
export const LEGACY_TIMESTAMP_AT = 18
/** What the size field of a message is at least: magic 0, null key and value. */
export const LEGACY_MIN_SIZE = 14

/** Where a message's key length is. */
export const legacyKeyAt = (magic: number): number => (magic === 0 ? 18 : 26)

/** Attributes. Legacy messages have the first two only. */
export const CODEC_MASK = 0x07
export const LOG_APPEND_TIME = 0x08
export const TRANSACTIONAL = 0x10
export const CONTROL = 0x20
/** The base timestamp is the time from which a tombstone or marker may go (KIP-534). */
export const DELETE_HORIZON = 0x40

export type TimestampType = 'NoTimestampType' | 'CreateTime' | 'LogAppendTime'

/** Of a batch with this magic and these attributes. */
export function timestampType(magic: number, attributes: number): TimestampType {
  if (magic === 0) return 'NoTimestampType'
  return attributes & LOG_APPEND_TIME ? 'LogAppendTime' : 'CreateTime'
}

/** The types of control records by number (ControlRecordType), and the message that the value of each is. */
const CONTROL_TYPES: ReadonlyMap<number, readonly [type: string, message: string]> = new Map([
  [0, ['ABORT', 'EndTxnMarker']],
  [1, ['COMMIT', 'EndTxnMarker']],
  [2, ['LEADER_CHANGE', 'LeaderChangeMessage']],
  [3, ['SNAPSHOT_HEADER', 'SnapshotHeaderRecord']],
  [4, ['SNAPSHOT_FOOTER', 'SnapshotFooterRecord']],
  [5, ['KRAFT_VERSION', 'KRaftVersionRecord']],
  [6, ['KRAFT_VOTERS', 'VotersRecord']],
])

/** `COMMIT`, or `UNKNOWN (9)`. */
export const controlTypeName = (type: number): string => CONTROL_TYPES.get(type)?.[0] ?? `UNKNOWN (${type})`

/** The name of the message that a control record's value is, as schemas have it; null where unknown. */
export const controlMessage = (type: number): string | null => CONTROL_TYPES.get(type)?.[1] ?? null

/** a + b as int64s: a number where exact, else a bigint; wraps around as Java's long does. */
export function addInt64(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  const sum = BigInt.asIntN(64, BigInt(a) + BigInt(b))
  const small = Number(sum)
  return Number.isSafeInteger(small) ? small : sum
}
