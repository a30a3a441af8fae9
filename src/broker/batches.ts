/** Record batches of magic 2 as the broker looks at them: are they sound, and which record has which time. */
import { errorCode } from '../../dissectors/errors.ts'
import { RecordCursor } from '../../dissectors/records/cursor.ts'
import {
  ATTRIBUTES_AT,
  addInt64,
  CODEC_MASK,
  CONTROL,
  LOG_APPEND_TIME,
  RECORDS_AT,
} from '../../dissectors/records/format.ts'
import { type BatchHeader, batchHeader } from '../../dissectors/records/header.ts'
import { openPayload } from '../../dissectors/records/payload.ts'
import { crc32c } from '../bytes/crc32c.ts'
import { i16 } from '../bytes/read.ts'
import type { RecordCheck, RecordError } from './record-rules.ts'

/** Why records were refused: an error code, and a sentence for the client. */
export interface Refusal {
  readonly errorCode: number
  readonly message: string
  /** Said before the log was looked at. */
  readonly early?: true
  /** Which records are to blame, where it is not the batch. */
  readonly records?: readonly RecordError[]
}

export const refusal = (name: string, message: string): Refusal => ({ errorCode: errorCode(name), message })

/** Of what is refused before the log is looked at. */
export const early = (name: string, message: string): Refusal => ({ ...refusal(name, message), early: true })

export interface BatchLimits {
  readonly messageMaxBytes: number
  readonly maxDecompressedBytes: number
}

const ZSTD = 4
/** KIP-110 */
const FIRST_PRODUCE_WITH_ZSTD = 7

/**
 * The one batch of magic 2 that a partition has in Produce v3 and up; the checks are those of ProduceRequest and
 * LogValidator of Apache Kafka.
 */
export function checkBatch(
  bytes: Uint8Array,
  produceVersion: number,
  limits: BatchLimits,
  check: RecordCheck,
): BatchHeader | Refusal {
  const header = batchHeader(bytes, 0)
  if (!header) return early('INVALID_RECORD', 'the records hold no whole batch')
  if (header.magic !== 2) return early('INVALID_RECORD', `Produce v${produceVersion} takes batches of magic 2 only`)
  if (header.size < RECORDS_AT || header.size > bytes.length) {
    return early('INVALID_RECORD', `a batch of ${header.size} bytes in ${bytes.length} bytes of records`)
  }
  if (header.size < bytes.length) return early('INVALID_RECORD', 'more than one batch for a partition')
  if (header.size > limits.messageMaxBytes) {
    return refusal('MESSAGE_TOO_LARGE', `a batch of ${header.size} bytes, ${limits.messageMaxBytes} are allowed`)
  }
  if (crc32c(bytes, ATTRIBUTES_AT) !== header.crc) return refusal('CORRUPT_MESSAGE', "the batch's CRC does not match")
  return attributesProblem(header, produceVersion) ?? recordsProblem(bytes, header, limits, check) ?? header
}

function attributesProblem(header: BatchHeader, produceVersion: number): Refusal | null {
  if ((header.attributes & CODEC_MASK) === ZSTD && produceVersion < FIRST_PRODUCE_WITH_ZSTD) {
    return early('UNSUPPORTED_COMPRESSION_TYPE', `Produce v${produceVersion} has no zstd`)
  }
  if (header.attributes & CONTROL) return refusal('INVALID_RECORD', 'clients may not write control batches')
  if (header.count < 1 || header.lastOffsetDelta !== header.count - 1) {
    return refusal(
      'INVALID_RECORD',
      `${header.count} records, but the last one's offset delta is ${header.lastOffsetDelta}`,
    )
  }
  const idempotent = header.producerId >= 0
  if (idempotent && (header.baseSequence < 0 || header.producerEpoch < 0)) {
    return refusal('INVALID_RECORD', 'a producer id without epoch or sequence number')
  }
  return null
}

/** Walks the records, decompressed where need be: as many as the header says, and as the topic wants them. */
function recordsProblem(
  bytes: Uint8Array,
  header: BatchHeader,
  limits: BatchLimits,
  check: RecordCheck,
): Refusal | null {
  const budget = { perBatch: limits.maxDecompressedBytes, left: limits.maxDecompressedBytes }
  const payload = openPayload(bytes, header, header.size, budget)
  if ('error' in payload) {
    const { reason, message } = payload.error
    if (reason === 'unknown-codec') return refusal('UNSUPPORTED_COMPRESSION_TYPE', message)
    return refusal(reason === 'too-large' ? 'MESSAGE_TOO_LARGE' : 'CORRUPT_MESSAGE', message)
  }
  const cursor = new RecordCursor(payload.bytes, payload.start, payload.end)
  let count = 0
  while (cursor.next()) {
    if (cursor.mismatch) return refusal('INVALID_RECORD', `record ${count} is of another length than it says`)
    // Apache Kafka takes the deltas of uncompressed batches as they are.
    if (payload.codec !== 'none' && cursor.offsetDelta !== count)
      return refusal('INVALID_RECORD', `record ${count} has offset delta ${cursor.offsetDelta}`)
    check.look(count, cursor.keyLength >= 0, addInt64(header.baseTimestamp, cursor.timestampDelta))
    count++
  }
  if (cursor.fault) return refusal('INVALID_RECORD', `record ${count} can't be read`)
  return count === header.count
    ? check.problem
    : refusal('INVALID_RECORD', `${count} records, but the header says ${header.count}`)
}

/** Whether a stored batch ends a transaction: no record of it is a client's. */
export const isControl = (bytes: Uint8Array): boolean => (i16(bytes, ATTRIBUTES_AT) & CONTROL) !== 0

export interface FoundRecord {
  readonly timestamp: number | bigint
  readonly offset: number
}

/** The first record of a stored batch as late as `timestamp`; its last one where the records can't be read. */
export function recordAt(bytes: Uint8Array, timestamp: number | bigint): FoundRecord {
  const header = batchHeader(bytes, 0)!
  const base = Number(header.baseOffset)
  // One time for all of them.
  if (header.attributes & LOG_APPEND_TIME) return { timestamp: header.maxTimestamp, offset: base }
  const payload = openPayload(bytes, header, header.size, { perBatch: 1 << 26, left: 1 << 26 })
  if (!('error' in payload)) {
    const cursor = new RecordCursor(payload.bytes, payload.start, payload.end)
    while (cursor.next()) {
      const time = addInt64(header.baseTimestamp, cursor.timestampDelta)
      if (time >= timestamp) return { timestamp: time, offset: base + cursor.offsetDelta }
    }
  }
  return { timestamp: header.maxTimestamp, offset: base + header.lastOffsetDelta }
}
