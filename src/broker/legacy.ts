/**
 * Message sets of magic 0 and 1. As Apache Kafka does since 3.0 the broker keeps everything in magic 2: what old
 * producers send (Produce v0 to v2) is converted when it comes, what old consumers ask for (Fetch v0 to v3) when it
 * goes. The codec stays what it was; zstd batches have no form in the old formats (KIP-110).
 */
import type { Codec } from '../../dissectors/records/compression.ts'
import { RecordCursor } from '../../dissectors/records/cursor.ts'
import { addInt64, CODEC_MASK, LOG_APPEND_TIME } from '../../dissectors/records/format.ts'
import { batchHeader } from '../../dissectors/records/header.ts'
import { MessageCursor, messageCrcMatches } from '../../dissectors/records/message.ts'
import { type Budget, openPayload } from '../../dissectors/records/payload.ts'
import { type MessageInit, type RecordInit, writeBatch, writeMessageSet } from '../../dissectors/records/write.ts'
import type { StoredBatch } from './batch-store.ts'
import { type BatchLimits, type Refusal, refusal } from './batches.ts'
import type { RecordCheck } from './record-rules.ts'

/** Messages that one set may hold: each becomes an object here. */
const MAX_MESSAGES = 200_000

/** The messages of a set as one batch of magic 2 (null where it holds none), or why it is refused. */
export function upConvert(bytes: Uint8Array, limits: BatchLimits, check: RecordCheck): Uint8Array | null | Refusal {
  const records: RecordInit[] = []
  const found: Found = { records, codec: 'none', check }
  const budget = { perBatch: limits.maxDecompressedBytes, left: limits.maxDecompressedBytes }
  const cursor = new MessageCursor(bytes, 0, bytes.length)
  while (cursor.next()) {
    if (cursor.end - cursor.at > limits.messageMaxBytes) {
      return refusal('MESSAGE_TOO_LARGE', `a message of ${cursor.end - cursor.at} bytes`)
    }
    const problem = collect(bytes, cursor, found, budget)
    if (problem) return problem
  }
  if (cursor.fault)
    return refusal('CORRUPT_MESSAGE', `message ${records.length} can't be read: its ${cursor.fault.field}`)
  if (check.problem) return check.problem
  return records.length === 0 ? null : writeBatch({ records, codec: found.codec })
}

interface Found {
  readonly records: RecordInit[]
  /** The last one seen other than none. */
  codec: Codec
  readonly check: RecordCheck
}

/** Adds a message, or those it wraps, to `found`. */
function collect(bytes: Uint8Array, cursor: MessageCursor, found: Found, budget: Budget): Refusal | null {
  const { records } = found
  if (!messageCrcMatches(bytes, cursor.at, cursor.end))
    return refusal('CORRUPT_MESSAGE', "a message's CRC does not match")
  const header = batchHeader(bytes, cursor.at)!
  const payload = openPayload(bytes, header, cursor.end, budget)
  if ('error' in payload) {
    return refusal(
      payload.error.reason === 'too-large' ? 'MESSAGE_TOO_LARGE' : 'CORRUPT_MESSAGE',
      payload.error.message,
    )
  }
  if (payload.codec !== 'none') found.codec = payload.codec
  const inner = new MessageCursor(payload.bytes, payload.start, payload.form === 'message' ? cursor.end : payload.end)
  while (inner.next()) {
    if (records.length >= MAX_MESSAGES) return refusal('RECORD_LIST_TOO_LARGE', `more than ${MAX_MESSAGES} messages`)
    if (payload.form === 'wrapper' && inner.attributes & CODEC_MASK) {
      return refusal('CORRUPT_MESSAGE', 'a compressed message inside a compressed message')
    }
    const [key, value] = keyAndValue(payload.bytes, inner)
    found.check.look(records.length, key !== null, inner.timestamp)
    records.push({ key, value, timestamp: inner.timestamp })
  }
  return inner.fault ? refusal('CORRUPT_MESSAGE', `a wrapped message can't be read: its ${inner.fault.field}`) : null
}

function keyAndValue(b: Uint8Array, at: MessageCursor | RecordCursor): [Uint8Array | null, Uint8Array | null] {
  return [
    at.keyLength < 0 ? null : b.subarray(at.keyFrom, at.keyFrom + at.keyLength),
    at.valueLength < 0 ? null : b.subarray(at.valueFrom, at.valueFrom + at.valueLength),
  ]
}

/**
 * Stored batches as messages of an old format, from `offset` on. Ends before a batch that can't be converted; that is
 * the answer where it is the first one.
 */
export function downConvert(
  batches: readonly StoredBatch[],
  offset: number,
  magic: 0 | 1,
  maxBytes: number,
): Uint8Array[] | Refusal {
  const sets: Uint8Array[] = []
  const budget: Budget = { perBatch: maxBytes, left: maxBytes }
  for (const { bytes } of batches) {
    const header = batchHeader(bytes, 0)!
    const payload = openPayload(bytes, header, bytes.length, budget)
    if ('error' in payload || payload.codec === 'zstd') {
      if (sets.length > 0) return sets
      return refusal('UNSUPPORTED_COMPRESSION_TYPE', `magic ${magic} can't hold the batch at ${header.baseOffset}`)
    }
    const messages: MessageInit[] = []
    const stamped = (header.attributes & LOG_APPEND_TIME) !== 0
    const cursor = new RecordCursor(payload.bytes, payload.start, payload.end)
    while (cursor.next()) {
      const own = addInt64(header.baseOffset, cursor.offsetDelta)
      // Compressed, all stay together, as in Apache Kafka.
      if (payload.codec === 'none' && own < offset) continue
      const [key, value] = keyAndValue(payload.bytes, cursor)
      const timestamp = stamped ? header.maxTimestamp : addInt64(header.baseTimestamp, cursor.timestampDelta)
      messages.push({ key, value, offset: own, timestamp })
    }
    const timestampType = stamped ? 'LogAppendTime' : 'CreateTime'
    if (messages.length > 0) sets.push(writeMessageSet({ magic, messages, codec: payload.codec, timestampType }))
  }
  return sets
}
