/** A recorded request as it is sent again: edited, in the new broker's names; the recorded bytes where nothing changes. */
import {
  ATTRIBUTES_AT,
  CRC_AT,
  PRODUCER_EPOCH_AT,
  PRODUCER_ID_AT,
  RECORDS_AT,
} from '../../dissectors/records/format.ts'
import { batchHeader } from '../../dissectors/records/header.ts'
import { crc32c } from '../bytes/crc32c.ts'
import { setI16, setI32, setI64 } from '../bytes/patch.ts'
import { type Encodable, encodeFrame, isStruct } from '../codec/encode.ts'
import { decodeFrame } from '../codec/frame.ts'
import { isObject, type JsonValue } from '../codec/json-text.ts'
import { apiName, frameHeader } from '../codec/messages.ts'
import { Run } from '../codec/run.ts'
import { valueAt } from '../codec/value.ts'
import type { Frame } from '../session/exchange.ts'
import type { Ids } from './ids.ts'
import { Leaders } from './leaders.ts'

const PRODUCE = 0
const SYNC_GROUP = 14
/** Fields of one request: each becomes an object here, and frames of a million fields are no clients'. */
const MAX_FIELDS = 500_000

/** What a script is told of a request. `connection`: of the recording. */
export interface EditedRequest {
  readonly api: string
  readonly apiVersion: number
  readonly connection: number
  /** Names as in the schemas; bytes and records are Uint8Arrays. */
  readonly body: Encodable
}

/** A JSON merge patch (RFC 7396) on the request's body, or what makes another one of it: undefined leaves it. */
export type Edit = JsonValue | ((request: EditedRequest) => Encodable | undefined)

/** What an `--edit` file says of an API's requests. */
export interface Edits {
  get(api: string): Edit | undefined
}

export interface Rewritten {
  /** With its size field. */
  readonly frame: Uint8Array
  /** Produce with acks 0: there is no answer. */
  readonly noAnswer: boolean
  readonly changed: boolean
}

const run = new Run()

/**
 * The request as it is to be sent. Throws codec's EncodeError where an edit does not fit the schema. What this program
 * can't read to its end, or has flaws, goes as it is.
 */
export function rewritten(
  frame: Frame,
  edit: Edit | undefined,
  ids: Ids,
  connection: number,
  leaders = new Leaders(),
): Rewritten {
  const { bytes } = frame
  const decoded = decodeFrame(bytes, frame, run, frame.headerVersion)
  const readable = decoded.message !== null && !decoded.stopped && decoded.bodyLine >= 0 && decoded.flaws.length === 0
  if (!readable || decoded.table.size > MAX_FIELDS) return { frame: bytes, noAnswer: false, changed: false }
  const header = valueAt(bytes, decoded.table, decoded.headerLine)
  const views = (_line: number, _node: unknown, from: number, end: number): Uint8Array => bytes.subarray(from, end)
  // Bytes stay bytes: they are records, or go through untouched.
  const recorded = valueAt(bytes, decoded.table, decoded.bodyLine, views) as Encodable
  const edited = editedBody(recorded, edit, frame, connection)
  let body = ids.carried(connection, edited)
  if (frame.apiKey === SYNC_GROUP) body = leaders.synced(edited, body, ids, connection)
  if (frame.apiKey === PRODUCE) body = withProducers(body, ids)
  const noAnswer = frame.apiKey === PRODUCE && (body as { readonly acks?: Encodable }).acks === 0
  if (body === recorded) return { frame: bytes, noAnswer, changed: false }
  const { model } = frameHeader('request', decoded.headerVersion)
  return { frame: encodeFrame(model, header, decoded.message.model, body), noAnswer, changed: true }
}

function editedBody(body: Encodable, edit: Edit | undefined, frame: Frame, connection: number): Encodable {
  if (edit === undefined) return body
  if (typeof edit !== 'function') return merged(body, edit)
  const { apiKey, apiVersion } = frame
  const made = edit({ api: apiName(apiKey) ?? `${apiKey}`, apiVersion, connection, body })
  return made === undefined ? body : made
}

/** RFC 7396: objects are merged, null takes a field away (it then has its default), anything else replaces. */
export function merged(target: Encodable, patch: JsonValue): Encodable {
  if (!isObject(patch)) return patch
  const object: Record<string, Encodable> = isStruct(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete object[key]
    else object[key] = merged(object[key], value)
  }
  return object
}

/** Every `records` in it with the producer ids and epochs that the new broker gave. */
function withProducers(value: Encodable, ids: Ids): Encodable {
  if (Array.isArray(value)) {
    const items = value.map((item: Encodable) => withProducers(item, ids))
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  if (value instanceof Uint8Array) return producerBatches(value, ids)
  if (typeof value !== 'object' || value === null) return value
  const changes: Record<string, Encodable> = {}
  for (const [key, was] of Object.entries(value)) {
    const is = withProducers(was, ids)
    if (is !== was) changes[key] = is
  }
  return Object.keys(changes).length > 0 ? { ...value, ...changes } : value
}

/** Batches of magic 2 with their producers in the new broker's names, their CRCs made to fit; the same bytes for none. */
export function producerBatches(records: Uint8Array, ids: Ids): Uint8Array {
  let copy: Uint8Array | null = null
  for (let at = 0; at < records.length; ) {
    const header = batchHeader(records, at)
    if (!header || header.size <= 0 || at + header.size > records.length) break
    const { magic, producerId, producerEpoch, size, crc } = header
    const end = at + size
    if (magic === 2 && size >= RECORDS_AT && producerId !== -1) {
      const now = ids.producer(producerId, producerEpoch)
      const differs = now.id !== producerId || now.epoch !== producerEpoch
      // A batch whose CRC was wrong in the recording stays wrong.
      if (differs && crc32c(records, at + ATTRIBUTES_AT, end) === crc) {
        // Not `slice`: a Buffer's is a view, and the recording must stay as it is.
        copy ??= new Uint8Array(records)
        setI64(copy, at + PRODUCER_ID_AT, now.id as number | bigint)
        setI16(copy, at + PRODUCER_EPOCH_AT, now.epoch)
        setI32(copy, at + CRC_AT, crc32c(copy, at + ATTRIBUTES_AT, end))
      }
    }
    at = end
  }
  return copy ?? records
}
