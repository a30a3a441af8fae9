/** Writes batches and message sets: for the embedded broker, the load generator and tests. */
import { crc32 } from 'node:zlib'
import { crc32c } from '../../src/bytes/crc32c.ts'
import { snappyCompress } from '../../src/bytes/snappy.ts'
import { Writer } from '../../src/bytes/write.ts'
import { type Codec, codecId, compress } from './compression.ts'
import * as F from './format.ts'

export interface RecordInit {
  readonly key?: Uint8Array | null
  readonly value?: Uint8Array | null
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | null }[]
  /** ms; the batch's base timestamp by default. */
  readonly timestamp?: number | bigint
  /** The record's index by default. */
  readonly offsetDelta?: number
}

export interface BatchInit {
  readonly records: readonly RecordInit[]
  readonly codec?: Codec
  /** Snappy without xerial framing, as librdkafka writes it. */
  readonly rawSnappy?: boolean
  readonly baseOffset?: number | bigint
  readonly partitionLeaderEpoch?: number
  readonly producerId?: number | bigint
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
  readonly isControl?: boolean
  readonly timestampType?: 'CreateTime' | 'LogAppendTime'
  /** ms; the first record's timestamp by default, or 0. */
  readonly baseTimestamp?: number | bigint
  /** ms; the largest of the records' by default. */
  readonly maxTimestamp?: number | bigint
  /** The last record's by default. */
  readonly lastOffsetDelta?: number
}

/** One batch of magic 2. Producer id, epoch and sequence are -1 where not given, as are leader epochs. */
export function writeBatch(init: BatchInit): Uint8Array {
  const { records } = init
  const codec = init.codec ?? 'none'
  const baseTimestamp = init.baseTimestamp ?? records[0]?.timestamp ?? 0
  let maxTimestamp: number | bigint = baseTimestamp
  for (const { timestamp } of records) if (timestamp !== undefined && timestamp > maxTimestamp) maxTimestamp = timestamp
  const body = new Writer(1024)
  records.forEach((record, index) => {
    writeRecord(body, record, index, baseTimestamp)
  })
  const payload =
    codec === 'snappy' && init.rawSnappy ? snappyCompress(body.view(), true) : compress(codec, body.view())
  const w = new Writer(F.RECORDS_AT + payload.length)
  w.i64(init.baseOffset ?? 0)
  w.i32(F.RECORDS_AT - F.PREFIX + payload.length)
  w.i32(init.partitionLeaderEpoch ?? -1)
  w.i8(2)
  w.i32(0)
  w.i16(attributesOf(init, codec))
  w.i32(init.lastOffsetDelta ?? records.at(-1)?.offsetDelta ?? records.length - 1)
  w.i64(baseTimestamp)
  w.i64(init.maxTimestamp ?? maxTimestamp)
  w.i64(init.producerId ?? -1)
  w.i16(init.producerEpoch ?? -1)
  w.i32(init.baseSequence ?? -1)
  w.i32(records.length)
  w.raw(payload)
  w.patchI32(F.CRC_AT, crc32c(w.view(), F.ATTRIBUTES_AT) | 0)
  return new Uint8Array(w.view())
}

function attributesOf(init: BatchInit, codec: Codec): number {
  return (
    codecId(codec) |
    (init.timestampType === 'LogAppendTime' ? F.LOG_APPEND_TIME : 0) |
    (init.isTransactional ? F.TRANSACTIONAL : 0) |
    (init.isControl ? F.CONTROL : 0)
  )
}

const encoder = new TextEncoder()

function writeRecord(out: Writer, record: RecordInit, index: number, baseTimestamp: number | bigint): void {
  const w = new Writer(64)
  w.i8(0)
  w.varlong(F.addInt64(record.timestamp ?? baseTimestamp, -baseTimestamp))
  w.varint(record.offsetDelta ?? index)
  writeSized(w, record.key ?? null)
  writeSized(w, record.value ?? null)
  const headers = record.headers ?? []
  w.varint(headers.length)
  for (const header of headers) {
    writeSized(w, encoder.encode(header.key))
    writeSized(w, header.value)
  }
  out.varint(w.length)
  out.raw(w.view())
}

function writeSized(w: Writer, bytes: Uint8Array | null): void {
  w.varint(bytes === null ? -1 : bytes.length)
  if (bytes !== null) w.raw(bytes)
}

export interface MessageInit {
  readonly key?: Uint8Array | null
  readonly value?: Uint8Array | null
  /** Absolute; `baseOffset` and the index by default. */
  readonly offset?: number | bigint
  /** ms; 0 by default. In magic 1 only. */
  readonly timestamp?: number | bigint
}

export interface MessageSetInit {
  readonly magic: 0 | 1
  readonly messages: readonly MessageInit[]
  readonly codec?: Exclude<Codec, 'zstd'>
  readonly baseOffset?: number | bigint
  readonly timestampType?: 'CreateTime' | 'LogAppendTime'
}

/**
 * A message set of magic 0 or 1; with a codec it is one message that wraps the others. Of these the offsets are
 * absolute in magic 0, and count from 0 in magic 1; the wrapper has the last one's (KIP-32).
 */
export function writeMessageSet(init: MessageSetInit): Uint8Array {
  const { magic, messages } = init
  const codec = init.codec ?? 'none'
  const time = magic === 1 && init.timestampType === 'LogAppendTime' ? F.LOG_APPEND_TIME : 0
  const base = init.baseOffset ?? 0
  const offsets = messages.map((message, index) => message.offset ?? F.addInt64(base, index))
  const first = offsets[0] ?? 0
  const relative = codec !== 'none' && magic === 1
  const w = new Writer(1024)
  let newest: number | bigint = -1
  messages.forEach((message, index) => {
    const offset = relative ? F.addInt64(offsets[index]!, -first) : offsets[index]!
    const timestamp = message.timestamp ?? 0
    if (timestamp > newest) newest = timestamp
    writeMessage(w, magic, time, offset, timestamp, message.key ?? null, message.value ?? null)
  })
  if (codec === 'none') return new Uint8Array(w.view())
  const wrapper = new Writer(1024)
  const value = compress(codec, w.view(), magic)
  writeMessage(wrapper, magic, time | codecId(codec), offsets.at(-1) ?? 0, newest, null, value)
  return new Uint8Array(wrapper.view())
}

function writeMessage(
  w: Writer,
  magic: number,
  attributes: number,
  offset: number | bigint,
  timestamp: number | bigint,
  key: Uint8Array | null,
  value: Uint8Array | null,
): void {
  const at = w.length
  const size = F.legacyKeyAt(magic) - F.PREFIX + 8 + (key?.length ?? 0) + (value?.length ?? 0)
  w.i64(offset)
  w.i32(size)
  w.i32(0)
  w.i8(magic)
  w.i8(attributes)
  if (magic === 1) w.i64(timestamp)
  for (const bytes of [key, value]) {
    w.i32(bytes === null ? -1 : bytes.length)
    if (bytes !== null) w.raw(bytes)
  }
  w.patchI32(at + F.LEGACY_CRC_AT, crc32(w.view().subarray(at + F.MAGIC_AT)) | 0)
}
