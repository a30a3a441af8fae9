/** Lines of a span table for batches, messages and records. Problems are `check.ts`'s affair: here bytes are only placed. */
import type { SpanTable } from '../../src/bytes/spans.ts'
import type { SpanNode } from '../../src/schema/node.ts'
import { RecordCursor } from './cursor.ts'
import * as F from './format.ts'
import { batchHeader } from './header.ts'
import { MessageCursor } from './message.ts'
import * as N from './nodes.ts'
import { batchEnd, type Scan } from './scan.ts'

/** Lines that a record takes, without its headers. */
const RECORD_LINES = 9
const OPEN = -1

/**
 * Appends an array line `records` with the batches of a scan. Records stop having lines of their own when the table
 * has `maxLines`; returns false where that happened.
 */
export function addBatches(
  bytes: Uint8Array,
  start: number,
  end: number,
  scan: Scan,
  t: SpanTable,
  maxLines: number,
): boolean {
  const top = t.add(N.BATCHES.id, start, OPEN)
  let all = true
  let reached = start
  for (let i = 0; i < scan.starts.length && all; i++) {
    all = t.size < maxLines
    if (!all) break
    reached = batchEnd(bytes, scan, i)
    all = addBatch(bytes, scan.starts[i]!, reached, t, maxLines)
  }
  if (!all) {
    if (reached < end) t.add(N.UNREAD.id, reached, end - reached)
  } else if (scan.stop !== null) {
    const at = scan.stop.at
    if (scan.stop.state === 'partial') addPartial(bytes, at, end, t)
    else t.add(N.NO_BATCH.id, at, end - at)
  }
  t.close(top, end)
  return all
}

function addBatch(bytes: Uint8Array, at: number, end: number, t: SpanTable, maxLines: number): boolean {
  const header = batchHeader(bytes, at, end)!
  if (header.magic < 2) {
    const messages = new MessageCursor(bytes, at, end)
    messages.next()
    addMessage(messages, N.MESSAGE_BATCHES[header.magic === 0 ? 0 : 1], end, t)
    return true
  }
  const line = t.add(N.BATCH.id, at, OPEN)
  addFixed(N.HEADER, at, end, t)
  const from = at + F.RECORDS_AT
  let all = true
  if (header.attributes & F.CODEC_MASK) t.add(N.COMPRESSED.id, from, end - from)
  else all = addRecords(bytes, from, end, t, maxLines)
  t.close(line, end)
  return all
}

/** Lines for fields of fixed width, as far as they end by `end`; returns where they end. */
function addFixed(nodes: readonly SpanNode[], at: number, end: number, t: SpanTable): number {
  let p = at
  for (const node of nodes) {
    if (p + node.width > end) break
    t.add(node.id, p, node.width)
    p += node.width
  }
  return p
}

function addPartial(bytes: Uint8Array, at: number, end: number, t: SpanTable): void {
  const line = t.add(N.PARTIAL_BATCH.id, at, OPEN)
  const legacy = end - at > F.MAGIC_AT && (batchHeader(bytes, at, end)?.magic ?? 2) < 2
  const reached = addFixed(legacy ? N.MESSAGE_HEADER : N.HEADER, at, end, t)
  if (reached < end) t.add(N.UNREAD.id, reached, end - reached)
  t.close(line, end)
}

/** Appends an array line `records` with all records of magic 2 from `start` to `end`; false where `maxLines` cut it. */
export function addRecords(bytes: Uint8Array, start: number, end: number, t: SpanTable, maxLines: number): boolean {
  const top = t.add(N.RECORDS.id, start, OPEN)
  const records = new RecordCursor(bytes, start, end)
  let all = true
  let reached = start
  while (records.next()) {
    all = t.size + RECORD_LINES + records.headerCount * 3 <= maxLines
    if (!all) break
    addRecord(records, t)
    reached = records.recordEnd
  }
  if (reached < end) t.add(N.UNREAD.id, reached, end - reached)
  t.close(top, end)
  return all
}

function addRecord(r: RecordCursor, t: SpanTable): void {
  const line = t.add(N.RECORD.id, r.at, OPEN)
  t.add(N.RECORD_LENGTH.id, r.at, r.bodyAt - r.at)
  t.add(N.RECORD_ATTRIBUTES.id, r.bodyAt, 1)
  t.add(N.TIMESTAMP_DELTA.id, r.timestampAt, r.offsetAt - r.timestampAt)
  t.add(N.OFFSET_DELTA.id, r.offsetAt, r.keyAt - r.offsetAt)
  t.add(N.KEY.id, r.keyAt, r.valueAt - r.keyAt)
  t.add(N.VALUE.id, r.valueAt, r.headersAt - r.valueAt)
  const headers = t.add(N.HEADERS.id, r.headersAt, OPEN)
  if (r.headerCount > 0) {
    r.eachHeader((at, _keyFrom, _keyLength, valueAt, valueFrom, valueLength) => {
      const header = t.add(N.RECORD_HEADER.id, at, OPEN)
      const end = valueFrom + Math.max(0, valueLength)
      t.add(N.HEADER_KEY.id, at, valueAt - at)
      t.add(N.HEADER_VALUE.id, valueAt, end - valueAt)
      t.close(header, end)
    })
  }
  t.close(headers, r.recordEnd)
  t.close(line, r.recordEnd)
}

/** Appends an array line `records` with the messages of a decompressed message set; false where `maxLines` cut it. */
export function addMessages(bytes: Uint8Array, start: number, end: number, t: SpanTable, maxLines: number): boolean {
  const top = t.add(N.RECORDS.id, start, OPEN)
  const messages = new MessageCursor(bytes, start, end)
  let all = true
  let reached = start
  while (messages.next()) {
    all = t.size + RECORD_LINES <= maxLines
    if (!all) break
    addMessage(messages, N.MESSAGES[messages.magic === 0 ? 0 : 1], messages.end, t)
    reached = messages.end
  }
  if (reached < end) t.add(N.UNREAD.id, reached, end - reached)
  t.close(top, end)
  return all
}

/** The current message of a cursor, as far as it could be read. */
function addMessage(m: MessageCursor, node: SpanNode, end: number, t: SpanTable): void {
  const line = t.add(node.id, m.at, OPEN)
  let reached = addFixed(N.MESSAGE_HEADER, m.at, end, t)
  if (m.magic === 1) reached = addFixed([N.MESSAGE_TIMESTAMP], reached, end, t)
  if (m.fault === null) {
    t.add(N.MESSAGE_KEY.id, m.keyAt, m.valueAt - m.keyAt)
    reached = m.valueFrom + Math.max(0, m.valueLength)
    t.add(N.MESSAGE_VALUE.id, m.valueAt, reached - m.valueAt)
  }
  if (reached < end) t.add(N.UNREAD.id, reached, end - reached)
  t.close(line, end)
}
