/** Checks one batch of magic 2: its CRC, its payload, and its header against its records. */
import { crc32c } from '../../src/bytes/crc32c.ts'
import { reportCodec, reportLinked, reportPayloadError } from './check-payload.ts'
import { codecByMagic, decompress } from './compression.ts'
import { crcLookalike } from './crc-lookalike.ts'
import { RecordCursor, type RecordFault } from './cursor.ts'
import * as F from './format.ts'
import type { BatchHeader } from './header.ts'
import { type Budget, codecOfBatch, openPayload, type Payload } from './payload.ts'
import { bytesOf, type ProblemList, type RecordsProblemCode } from './problem.ts'
import type { RecordsContext } from './read.ts'

export interface BatchContext {
  readonly bytes: Uint8Array
  readonly header: BatchHeader
  readonly end: number
  readonly index: number
  readonly context: RecordsContext
  readonly budget: Budget
  readonly list: ProblemList
}

/** A batch of magic 2 that ends at `batch.end`. */
export function checkBatch(batch: BatchContext): void {
  const { bytes, header, end } = batch
  const actual = crc32c(bytes, header.at + F.ATTRIBUTES_AT, end)
  if (actual !== header.crc) {
    const likeness = crcLookalike(bytes, header.at, end, header.crc)
    field(
      batch,
      'batch-crc',
      'error',
      'crc',
      F.CRC_AT,
      4,
      header.crc,
      actual,
      `The CRC of the batch doesn't match${likeness === null ? '' : `: it is ${likeness}`}.`,
    )
  }
  const payload = openPayload(bytes, header, end, batch.budget)
  if ('error' in payload) reportPayloadError(batch, payload.error, [header.at + F.RECORDS_AT, end])
  else {
    if (payload.codec === 'lz4') reportLinked(batch, [header.at + F.RECORDS_AT, end])
    checkRecordsOf(batch, payload)
  }
}

function checkRecordsOf(batch: BatchContext, payload: Payload): void {
  const { header, list } = batch
  const records = new RecordCursor(payload.bytes, payload.start, payload.end)
  let lastDelta = -1
  let mismatches = 0
  let newest: number | bigint = 0
  while (records.next()) {
    if (records.index === 0 || records.timestampDelta > newest) newest = records.timestampDelta
    if (records.mismatch !== null) {
      if (records.index === 0 && wrongCodec(batch, payload)) return
      mismatches++
      reportFault(batch, payload, records, records.mismatch)
    }
    if (records.offsetDelta <= lastDelta) reportDelta(batch, payload, records, lastDelta)
    lastDelta = records.offsetDelta
    if (list.full) return
  }
  const count = records.index + (records.fault === null ? 1 : 0)
  if (records.fault !== null) {
    if (count === 0 && wrongCodec(batch, payload)) return
    if (count < header.count || count === 0) reportFault(batch, payload, records, records.fault)
    else reportTrailing(batch, payload, records.at)
  } else if (count !== header.count) {
    field(
      batch,
      'batch-count',
      'error',
      'recordCount',
      F.COUNT_AT,
      4,
      header.count,
      count,
      `The batch claims ${header.count} records, but has ${count}.`,
    )
  }
  if (records.oddities > 0) reportOddities(batch, payload, records)
  if (count > 0 && records.fault === null && mismatches === 0) {
    checkLastDelta(batch, lastDelta)
    checkMaxTimestamp(batch, newest)
  }
}

/** Compaction takes records away and leaves lastOffsetDelta as it was, so a fetch may have fewer. */
function checkLastDelta(batch: BatchContext, last: number): void {
  const claimed = batch.header.lastOffsetDelta
  if (claimed === last) return
  const legal = batch.context !== 'produce' && claimed > last
  field(
    batch,
    'batch-offset-delta',
    legal ? 'warning' : 'error',
    'lastOffsetDelta',
    F.LAST_OFFSET_DELTA_AT,
    4,
    claimed,
    last,
    `lastOffsetDelta is ${claimed}, but the last record has ${last}${legal ? ' (compaction leaves it so)' : ''}.`,
  )
}

/** Attributes that say `none` in front of compressed bytes. */
function wrongCodec(batch: BatchContext, payload: Payload): boolean {
  if (payload.codec !== 'none') return false
  const bytes = payload.bytes.subarray(payload.start, payload.end)
  let actual = codecByMagic(bytes, 0, bytes.length)
  // Raw snappy has no magic: it is it if all of it fits.
  if (actual === null && !('error' in decompress('snappy', bytes, batch.budget.perBatch))) actual = 'snappy'
  if (actual === null) return false
  reportCodec(batch, codecOfBatch(batch.header), actual, `The attributes say none, but the records are ${actual}.`)
  return true
}

/** `newest`: the largest timestamp delta. In a batch of append time the records keep their own, and nobody reads them. */
function checkMaxTimestamp(batch: BatchContext, newest: number | bigint): void {
  const { baseTimestamp, maxTimestamp, attributes } = batch.header
  const actual = F.addInt64(baseTimestamp, newest)
  if ((attributes & F.LOG_APPEND_TIME) !== 0 || actual <= maxTimestamp) return
  field(
    batch,
    'batch-timestamp',
    'warning',
    'maxTimestamp',
    F.MAX_TIMESTAMP_AT,
    8,
    String(maxTimestamp),
    String(actual),
    `maxTimestamp is ${maxTimestamp}, but a record has ${actual}.`,
  )
}

/** A problem of a header field, `at` bytes into the batch. */
function field(
  batch: BatchContext,
  code: RecordsProblemCode,
  severity: 'error' | 'warning',
  name: string,
  at: number,
  length: number,
  claimed: number | string,
  actual: number | string,
  message: string,
): void {
  const { header, index } = batch
  batch.list.add({
    code,
    severity,
    batch: index,
    path: `[batch ${index}].${name}`,
    offset: header.at + at,
    length,
    claimed,
    actual,
    message,
  })
}

/** A problem of a record's field. */
function inRecord(
  batch: BatchContext,
  payload: Payload,
  code: RecordsProblemCode,
  severity: 'error' | 'warning',
  path: string,
  at: number,
  length: number,
  claimed: number | null,
  actual: number | null,
  message: string,
): void {
  const { header, index, end } = batch
  const outside = payload.bytes === batch.bytes
  const from = header.at + F.RECORDS_AT
  batch.list.add({
    code,
    severity,
    batch: index,
    path: `[batch ${index}].records${path}`,
    offset: outside ? at : from,
    length: outside ? length : end - from,
    inner: outside ? null : { offset: at, length },
    claimed,
    actual,
    message,
  })
}

function reportFault(batch: BatchContext, payload: Payload, records: RecordCursor, fault: RecordFault): void {
  const { kind, field: name, at, claimed, actual } = fault
  const code = kind === 'length' ? 'record-length' : kind === 'varint' ? 'record-varint' : 'record-negative'
  const which = `record ${records.index}`
  const message =
    kind === 'varint'
      ? `${name} of ${which} is a varint that is cut short or too long.`
      : kind === 'negative'
        ? `${name} of ${which} has a length or count of ${claimed}.`
        : `The ${name === 'length' ? 'length' : `length of ${name}`} of ${which} is ${claimed}` +
          (actual >= 0 ? `, but ${bytesOf(actual)} belong to it.` : ', which does not fit.')
  const path = `[${records.index}].${name}`
  inRecord(batch, payload, code, 'error', path, at, fault.length, claimed, actual < 0 ? null : actual, message)
}

function reportDelta(batch: BatchContext, payload: Payload, records: RecordCursor, last: number): void {
  const message =
    last < 0
      ? `The first record's offset delta is ${records.offsetDelta}.`
      : `Offset delta ${records.offsetDelta} comes after ${last}: they must ascend.`
  inRecord(
    batch,
    payload,
    'batch-offset-delta',
    'error',
    `[${records.index}].offsetDelta`,
    records.offsetAt,
    records.keyAt - records.offsetAt,
    records.offsetDelta,
    last + 1,
    message,
  )
}

function reportTrailing(batch: BatchContext, payload: Payload, at: number): void {
  const left = payload.end - at
  inRecord(
    batch,
    payload,
    'batch-trailing',
    'error',
    '',
    at,
    left,
    left,
    0,
    `${bytesOf(left)} after the ${batch.header.count} records of the batch.`,
  )
}

function reportOddities(batch: BatchContext, payload: Payload, records: RecordCursor): void {
  inRecord(
    batch,
    payload,
    'record-varint',
    'warning',
    '',
    records.firstOddity,
    1,
    records.oddities,
    0,
    `${records.oddities} varints that are longer than need be, or lengths below -1; the first at ${records.firstOddity}.`,
  )
}
