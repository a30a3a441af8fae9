/** Records as the JSON that `--expand` shows. */
import { toBase64 } from '../../src/bytes/hex.ts'
import { i16 } from '../../src/bytes/read.ts'
import { text, validUtf8 } from '../../src/bytes/utf8.ts'
import { RecordCursor } from './cursor.ts'
import * as F from './format.ts'
import type { BatchHeader } from './header.ts'
import { MessageCursor, wrappedBase } from './message.ts'
import { codecOfBatch, type Payload } from './payload.ts'
import type { RecordsView } from './read.ts'

export type RecordsJson = null | boolean | number | bigint | string | RecordsJson[] | RecordsJsonObject
export interface RecordsJsonObject {
  [key: string]: RecordsJson
}

/** A record's key and value as bytes. */
export interface RawRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

/**
 * Shows what the bytes of a key or value hold; undefined leaves them as text or base64. `kind` is `key` or `value` of
 * an ordinary record, or for the value of a control record the name of the message it is (`EndTxnMarker`).
 */
export type NestedHook = (kind: string, bytes: Uint8Array, record: RawRecord) => RecordsJson | undefined

export interface RecordsJsonOptions {
  readonly decodeNested?: NestedHook
  /** What may be shown; fields of one message share it. Batches say how many records they leave out. */
  readonly room?: Room
}

/** Records, with their headers and batches, that may still be shown. */
export interface Room {
  records: number
}

/** Room for 100 000: each takes a hundred times its bytes and more. */
export const recordsRoom = (): Room => ({ records: 100_000 })

/**
 * The batches of a view. One of magic 2 has all of its header, one of magic 0 or 1 what there is; `records` is null
 * where they cannot be read, and `error` says why. A batch that the field's end cuts short is
 * `{"partial": true, "have": bytes there, ...}`; where no batch begins, `{"unread": bytes}` ends the list.
 * Int64s are numbers where exact, else bigints. Times in ms.
 */
export function recordsToJson(view: RecordsView, options: RecordsJsonOptions = {}): RecordsJsonObject[] {
  const batches: RecordsJsonObject[] = []
  const room = options.room ?? recordsRoom()
  for (let i = 0; i < view.batchCount; i++) {
    if (room.records <= 0) {
      batches.push({ omittedBatches: view.batchCount - i })
      break
    }
    batches.push(batchJson(view, i, room, options.decodeNested))
  }
  const partial = view.partial
  if (partial !== null) {
    batches.push({ partial: true, have: partial.have, ...(partial.header === null ? {} : headerJson(partial.header)) })
  } else if (view.scan.stop !== null) {
    batches.push({ unread: view.end - view.scan.stop.at })
  }
  return batches
}

function batchJson(view: RecordsView, index: number, room: Room, hook: NestedHook | undefined): RecordsJsonObject {
  const header = view.header(index)
  const json = headerJson(header)
  const payload = view.payload(index)
  // A batch takes from the room too: there may be millions that are empty.
  room.records--
  if ('error' in payload) {
    json.records = null
    json.error = payload.error.message
    return json
  }
  const records: RecordsJson[] = []
  json.records = records
  const read = payload.form === 'batch' ? addRecords : addMessages
  const error = read(payload, header, records, room, hook)
  if (error !== null) json.error = error
  if (payload.form === 'wrapper') {
    const first = records[0]
    if (first instanceof Object && 'offset' in first) json.baseOffset = first.offset!
  }
  return json
}

/** The header's fields, in the order in which CONTRACT shows them. */
function headerJson(header: BatchHeader): RecordsJsonObject {
  const { magic, attributes } = header
  const codec = codecOfBatch(header) ?? `unknown (${attributes & F.CODEC_MASK})`
  const time = F.timestampType(magic, attributes)
  if (magic < 2) {
    return {
      baseOffset: header.baseOffset,
      lastOffset: header.baseOffset,
      magic,
      compression: codec,
      timestampType: time,
      maxTimestamp: header.maxTimestamp,
      crc: header.crc,
      sizeInBytes: header.size,
    }
  }
  const json: RecordsJsonObject = {
    baseOffset: header.baseOffset,
    lastOffset: F.addInt64(header.baseOffset, header.lastOffsetDelta),
    magic,
    compression: codec,
    timestampType: time,
    partitionLeaderEpoch: header.partitionLeaderEpoch,
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    baseSequence: header.baseSequence,
    lastOffsetDelta: header.lastOffsetDelta,
    baseTimestamp: header.baseTimestamp,
    maxTimestamp: header.maxTimestamp,
    isTransactional: (attributes & F.TRANSACTIONAL) !== 0,
    isControl: (attributes & F.CONTROL) !== 0,
    crc: header.crc,
    sizeInBytes: header.size,
    recordCount: header.count,
  }
  if (attributes & F.DELETE_HORIZON) json.deleteHorizonMs = header.baseTimestamp
  return json
}

type Reader = (
  payload: Payload,
  header: BatchHeader,
  records: RecordsJson[],
  room: Room,
  hook: NestedHook | undefined,
) => string | null

/** Appends the records of magic 2; returns what stopped it, or null. */
const addRecords: Reader = (payload, header, records, room, hook) => {
  const { bytes } = payload
  const cursor = new RecordCursor(bytes, payload.start, payload.end)
  const appendTime = (header.attributes & F.LOG_APPEND_TIME) !== 0
  const control = (header.attributes & F.CONTROL) !== 0
  while (cursor.next()) {
    if (room.records-- <= 0) return `${header.count - records.length} records are left out`
    const headers: RecordsJson[] = []
    // Headers take memory as records do, and one record may have millions.
    room.records -= cursor.headerCount
    if (room.records < 0) return `record ${cursor.index} and those after it are left out`
    if (cursor.headerCount > 0) {
      cursor.eachHeader((_at, keyFrom, keyLength, _valueAt, valueFrom, valueLength) => {
        headers.push({ key: text(bytes, keyFrom, keyFrom + keyLength), value: content(bytes, valueFrom, valueLength) })
      })
    }
    records.push({
      offset: F.addInt64(header.baseOffset, cursor.offsetDelta),
      timestamp: appendTime ? header.maxTimestamp : F.addInt64(header.baseTimestamp, cursor.timestampDelta),
      ...keyAndValue(bytes, cursor, control, hook),
      headers,
    })
  }
  const fault = cursor.fault
  return fault === null ? null : `record ${cursor.index} cannot be read: ${fault.field} at ${fault.at}`
}

/** Appends messages of magic 0 and 1: one, or those that a wrapper holds. */
const addMessages: Reader = (payload, header, records, room, hook) => {
  const { bytes } = payload
  const cursor = new MessageCursor(bytes, payload.start, payload.end)
  const base = payload.form === 'wrapper' ? wrappedBase(bytes, header.magic, header.baseOffset) : 0
  const appendTime = header.magic === 1 && (header.attributes & F.LOG_APPEND_TIME) !== 0
  while (cursor.next()) {
    if (room.records-- <= 0) return 'more records are left out'
    records.push({
      offset: F.addInt64(base, cursor.offset),
      timestamp: appendTime ? header.maxTimestamp : cursor.timestamp,
      ...keyAndValue(bytes, cursor, false, hook),
      headers: [],
    })
  }
  const fault = cursor.fault
  return fault === null ? null : `message ${cursor.index} cannot be read: ${fault.field} at ${fault.at}`
}

type Contents = Pick<RecordCursor, 'keyFrom' | 'keyLength' | 'valueFrom' | 'valueLength'>

/** `key`, `value` and, of a control record, `controlType`. */
function keyAndValue(
  bytes: Uint8Array,
  at: Contents,
  control: boolean,
  hook: NestedHook | undefined,
): RecordsJsonObject {
  const json: RecordsJsonObject = {
    key: content(bytes, at.keyFrom, at.keyLength),
    value: content(bytes, at.valueFrom, at.valueLength),
  }
  // The key of a control record: version and type, both int16.
  const type = control && at.keyLength >= 4 ? i16(bytes, at.keyFrom + 2) : null
  if (type !== null) json.controlType = F.controlTypeName(type)
  if (hook === undefined) return json
  const record: RawRecord = {
    key: at.keyLength < 0 ? null : bytes.subarray(at.keyFrom, at.keyFrom + at.keyLength),
    value: at.valueLength < 0 ? null : bytes.subarray(at.valueFrom, at.valueFrom + at.valueLength),
  }
  const valueKind = type === null ? 'value' : F.controlMessage(type)
  if (!control && record.key !== null) json.key = hook('key', record.key, record) ?? json.key!
  if (valueKind !== null && record.value !== null) {
    json.value = hook(valueKind, record.value, record) ?? json.value!
  }
  return json
}

/** Text where the bytes are UTF-8, else base64; null for a negative length. */
function content(bytes: Uint8Array, from: number, length: number): RecordsJson {
  if (length < 0) return null
  const end = from + length
  return validUtf8(bytes, from, end) ? text(bytes, from, end) : { base64: toBase64(bytes, from, end) }
}
