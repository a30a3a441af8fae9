/** The records of a fetched field, in the order of their offsets, whatever their format and codec. */
import { RecordCursor } from '../../dissectors/records/cursor.ts'
import { ATTRIBUTES_AT, CONTROL } from '../../dissectors/records/format.ts'
import { type BatchHeader, batchHeader } from '../../dissectors/records/header.ts'
import { MessageCursor } from '../../dissectors/records/message.ts'
import { type Budget, defaultBudget, openPayload } from '../../dissectors/records/payload.ts'
import { crc32c } from '../bytes/crc32c.ts'

/** Where a record's value is; length -1 for null. The bytes are those fetched, or decompressed ones. */
export type RecordVisitor = (offset: number, bytes: Uint8Array, valueFrom: number, valueLength: number) => void

/** Of a batch that can't be read: what is wrong with it. */
export class BadBatch extends Error {}

/**
 * Visits records from offset `from` on and returns the offset to fetch next. A batch that is cut short at the end, as
 * brokers may do, is left for the next fetch. Control batches are passed over. Throws BadBatch.
 */
export function eachRecord(bytes: Uint8Array, from: number, visit: RecordVisitor): number {
  const budget = defaultBudget(64 << 20, 256 << 20)
  let next = from
  for (let at = 0; at < bytes.length; ) {
    const header = batchHeader(bytes, at)
    if (!header || header.at + header.size > bytes.length) return next
    if (header.size <= 0) throw new BadBatch(`a batch of ${header.size} bytes at ${at}`)
    next = Math.max(next, eachInBatch(bytes, header, from, visit, budget))
    at += header.size
  }
  return next
}

function eachInBatch(
  bytes: Uint8Array,
  header: BatchHeader,
  from: number,
  visit: RecordVisitor,
  budget: Budget,
): number {
  const base = Number(header.baseOffset)
  const end = header.at + header.size
  if (header.magic === 2 && crc32c(bytes, header.at + ATTRIBUTES_AT, end) !== header.crc) {
    throw new BadBatch(`the CRC of the batch at offset ${base} does not fit`)
  }
  const payload = openPayload(bytes, header, end, budget)
  if ('error' in payload) throw new BadBatch(`the batch at offset ${base}: ${payload.error.message}`)
  if (header.magic < 2) return eachMessage(payload, header, from, visit)
  const next = base + header.lastOffsetDelta + 1
  if (header.attributes & CONTROL) return next
  const cursor = new RecordCursor(payload.bytes, payload.start, payload.end)
  while (cursor.next()) {
    const offset = base + cursor.offsetDelta
    if (offset >= from) visit(offset, payload.bytes, cursor.valueFrom, cursor.valueLength)
  }
  if (cursor.fault) throw new BadBatch(`record ${cursor.index} of the batch at offset ${base} can't be read`)
  return next
}

/** Magic 0 and 1. Inside a wrapper of magic 1 offsets count from 0, and the wrapper has the last one's (KIP-31). */
function eachMessage(
  payload: { readonly bytes: Uint8Array; readonly start: number; readonly end: number; readonly form: string },
  header: BatchHeader,
  from: number,
  visit: RecordVisitor,
): number {
  const { bytes, start, end, form } = payload
  const own = Number(header.baseOffset)
  const cursor = new MessageCursor(bytes, start, end)
  let shift = 0
  if (form === 'wrapper' && header.magic === 1) {
    const last = new MessageCursor(bytes, start, end)
    while (last.next()) shift = own - Number(last.offset)
  }
  while (cursor.next()) {
    const offset = Number(cursor.offset) + shift
    if (offset >= from) visit(offset, bytes, cursor.valueFrom, cursor.valueLength)
  }
  if (cursor.fault) throw new BadBatch(`message ${cursor.index} of the set at offset ${own} can't be read`)
  return own + 1
}
