/** A batch's header, read without its records: what brokers and proxies need of it. */
import { setI32, setI64 } from '../../src/bytes/patch.ts'
import { i8, i16, i32, i64, u32 } from '../../src/bytes/read.ts'
import * as F from './format.ts'

/**
 * The header of a batch (magic 2) or of a message (magic 0 and 1, which has no producer fields: they are -1, as
 * kafka-clients has it). Int64s are numbers where exact, else bigints. Times in ms.
 */
export interface BatchHeader {
  /** Offset of the batch's first byte. */
  readonly at: number
  /** The batch's size in bytes, from its first byte on: the length field and 12. */
  readonly size: number
  readonly magic: number
  readonly crc: number
  readonly attributes: number
  /** Of a message: its own offset, the last one's where it wraps others. */
  readonly baseOffset: number | bigint
  readonly partitionLeaderEpoch: number
  readonly lastOffsetDelta: number
  /** Of a message: its timestamp; -1 in magic 0. */
  readonly baseTimestamp: number | bigint
  readonly maxTimestamp: number | bigint
  readonly producerId: number | bigint
  readonly producerEpoch: number
  readonly baseSequence: number
  /** Of a message: 1, or -1 where it wraps others. */
  readonly count: number
}

/**
 * The header of the batch at `at`; null where the bytes up to `end` do not hold one (too few, or an unknown magic).
 * The batch's size is as claimed: it may reach over `end`.
 */
export function batchHeader(bytes: Uint8Array, at: number, end = bytes.length): BatchHeader | null {
  if (end - at <= F.MAGIC_AT) return null
  const magic = i8(bytes, at + F.MAGIC_AT)
  if (magic === 0 || magic === 1) return messageHeader(bytes, at, end, magic)
  if (magic !== 2 || end - at < F.RECORDS_AT) return null
  return {
    at,
    size: i32(bytes, at + F.SIZE_AT) + F.PREFIX,
    magic,
    crc: u32(bytes, at + F.CRC_AT),
    attributes: i16(bytes, at + F.ATTRIBUTES_AT),
    baseOffset: i64(bytes, at),
    partitionLeaderEpoch: i32(bytes, at + F.LEADER_EPOCH_AT),
    lastOffsetDelta: i32(bytes, at + F.LAST_OFFSET_DELTA_AT),
    baseTimestamp: i64(bytes, at + F.BASE_TIMESTAMP_AT),
    maxTimestamp: i64(bytes, at + F.MAX_TIMESTAMP_AT),
    producerId: i64(bytes, at + F.PRODUCER_ID_AT),
    producerEpoch: i16(bytes, at + F.PRODUCER_EPOCH_AT),
    baseSequence: i32(bytes, at + F.BASE_SEQUENCE_AT),
    count: i32(bytes, at + F.COUNT_AT),
  }
}

function messageHeader(bytes: Uint8Array, at: number, end: number, magic: number): BatchHeader | null {
  if (end - at < F.legacyKeyAt(magic)) return null
  const attributes = i8(bytes, at + F.LEGACY_ATTRIBUTES_AT)
  const timestamp = magic === 0 ? -1 : i64(bytes, at + F.LEGACY_TIMESTAMP_AT)
  return {
    at,
    size: i32(bytes, at + F.SIZE_AT) + F.PREFIX,
    magic,
    crc: u32(bytes, at + F.LEGACY_CRC_AT),
    attributes,
    baseOffset: i64(bytes, at),
    partitionLeaderEpoch: -1,
    lastOffsetDelta: 0,
    baseTimestamp: timestamp,
    maxTimestamp: timestamp,
    producerId: -1,
    producerEpoch: -1,
    baseSequence: -1,
    count: attributes & F.CODEC_MASK ? -1 : 1,
  }
}

/**
 * Sets, in place, what a broker sets when it appends: the base offset, and for magic 2 the leader epoch. The CRC of a
 * batch of magic 2 covers neither.
 */
export function setBaseOffset(bytes: Uint8Array, at: number, offset: number | bigint, leaderEpoch: number): void {
  setI64(bytes, at, offset)
  if (i8(bytes, at + F.MAGIC_AT) === 2) setI32(bytes, at + F.LEADER_EPOCH_AT, leaderEpoch)
}
