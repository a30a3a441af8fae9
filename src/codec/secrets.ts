/**
 * Overwrites passwords, tokens and proofs in a frame before anything of it is shown. Lengths stay, so that the frame
 * decodes as before; CRCs of records in which something was overwritten do not match any more. Which fields are secret
 * is said in `dissectors/nested/secrets.ts`.
 *
 * Of a frame that could not be read to its end, what was not read may hold a secret: with APIs that carry little else
 * all of it is overwritten, with those that carry configs from the first word on that gives one away.
 */
import { Buffer } from 'node:buffer'
import {
  CONFIG_NAME,
  CONFIG_SENSITIVE,
  ENVELOPE_MESSAGES,
  isSensitiveConfig,
  METADATA_TOPIC,
  METADATA_TOPIC_ID,
  type NestedFormat,
  RECORDS_TOPIC,
  readSasl,
  recordsContext,
  SECRET_FIELDS,
  SECRET_RECORD_FIELDS,
  SENSITIVE_BYTES,
  type SecretField,
  valueFormat,
} from '../../dissectors/nested/index.ts'
import { RecordCursor } from '../../dissectors/records/cursor.ts'
import { CODEC_MASK, CONTROL } from '../../dissectors/records/format.ts'
import { RecordsView } from '../../dissectors/records/read.ts'
import { latin1 } from '../bytes/latin1.ts'
import { i32, u8, uvarint, varintEnd } from '../bytes/read.ts'
import type { SpanTable } from '../bytes/spans.ts'
import { text } from '../bytes/utf8.ts'
import { knownVersions } from '../schema/concretise.ts'
import { NodeKind, nodeOf } from '../schema/node.ts'
import type { TableHeader } from '../schema/table.ts'
import { decodeFrame, type FrameKind } from './frame.ts'
import { messageHeader } from './messages.ts'
import { type InnerFrame, type Reading, readInner, readInnerRequest, readNested } from './nested.ts'
import { type Flaw, Run } from './run.ts'
import { Told } from './told.ts'
import { contents } from './value.ts'

/** Offsets in the frame: from, end. */
export type SecretRange = readonly [from: number, end: number]

export interface SecretContext {
  /** Of the connection; without it SASL tokens are secret as a whole. */
  readonly saslMechanism?: string | null | undefined
  /** `sasl`: the frame is a size and a raw token. */
  readonly framing?: 'kafka' | 'sasl' | undefined
}

export type SecretFrame = FrameKind & { readonly headerVersion?: number | undefined }

const STAR = 0x2a
/** Size and correlation id. */
const RESPONSE_HEADER = 8

/** The frame with its secrets overwritten by `*`: a copy, or the same object where there are none. Never throws. */
export function maskFrame(bytes: Uint8Array, as: SecretFrame, context: SecretContext = {}): Uint8Array {
  return maskRanges(bytes, secretRanges(bytes, as, context))
}

/** A copy with the ranges overwritten; the same object where there are none. */
export function maskRanges(bytes: Uint8Array, ranges: readonly SecretRange[]): Uint8Array {
  if (ranges.length === 0) return bytes
  const copy = new Uint8Array(bytes)
  for (const [from, end] of ranges) copy.fill(STAR, from, end)
  return copy
}

/** Where a frame (its size field included) holds secrets. Cheap for all APIs that hold none. */
export function secretRanges(bytes: Uint8Array, as: SecretFrame, context: SecretContext = {}): SecretRange[] {
  const sender = as.kind === 'request' ? 'client' : 'server'
  const mechanism = context.saslMechanism ?? null
  if (context.framing === 'sasl') return tokenRanges(bytes, 4, bytes.length, sender, mechanism)
  if (as.kind === 'response' && as.apiKey < 0) return unaskedRanges(bytes)
  const secret = APIS[as.kind].get(as.apiKey)
  if (!secret) return LOG_APIS[as.kind].has(as.apiKey) && namesMetadataLog(bytes) ? logRanges(bytes, as) : []
  const frame = decodeFrame(bytes, as, new Run(), as.headerVersion)
  return bodyRanges({ ...frame, limit: bytes.length }, secret, mechanism, 0)
}

/**
 * The ranges of secrets in a record of the metadata log, which ends at `limit`; see `readNested`. What could not be read
 * of one that holds secrets is taken for one.
 */
export function recordRanges(reading: Reading, limit = reading.bytes.length): SecretRange[] {
  const fields = RECORD_FIELDS.get(reading.name)
  if (!fields || reading.root < 0) return []
  const { ranges } = fieldRanges(reading.bytes, reading.table, reading.root, fields, null)
  const stop = reading.flaws.find(({ fatal }) => fatal)
  const unread = stop ? stop.offset + stop.length : reading.flaws.find(({ code }) => code === 'trailing')?.offset
  if (unread !== undefined && unread < limit) ranges.push([unread, limit])
  return ranges
}

/** Secret fields of a message, by their names. */
type Fields = ReadonlyMap<string, SecretField>

interface SecretMessage {
  readonly header: TableHeader
  readonly fields: Fields
  /** What the unread rest of a message is taken for. */
  readonly rest: 'secret' | 'perhaps'
}

const byMessage = (fields: readonly SecretField[]): Map<string, Map<string, SecretField>> => {
  const messages = new Map<string, Map<string, SecretField>>()
  for (const field of fields) {
    const known = messages.get(field.message) ?? new Map<string, SecretField>()
    messages.set(field.message, known.set(field.field, field))
  }
  return messages
}

const RECORD_FIELDS: ReadonlyMap<string, Fields> = byMessage(SECRET_RECORD_FIELDS)

const APIS = { request: new Map<number, SecretMessage>(), response: new Map<number, SecretMessage>() } as const
for (const [name, fields] of byMessage(SECRET_FIELDS)) {
  const header = messageHeader(name)!
  const configs = [...fields.values()].every((field) => field.kind === 'config')
  const rest = configs ? 'perhaps' : 'secret'
  APIS[header.kind as 'request' | 'response'].set(header.apiKey!, { header, fields, rest })
}
for (const name of ENVELOPE_MESSAGES) {
  const header = messageHeader(name)!
  APIS[header.kind as 'request' | 'response'].set(header.apiKey!, { header, fields: new Map(), rest: 'secret' })
}

/** APIs that carry the metadata log, and how early they name it. */
const LOG_APIS = { request: new Set<number>(), response: new Set([1, 59]) } as const
const TOPIC_WITHIN = 128
const METADATA_MARKS = [Buffer.from(METADATA_TOPIC), Buffer.from(METADATA_TOPIC_ID, 'base64url')]

function namesMetadataLog(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, TOPIC_WITHIN))
  return METADATA_MARKS.some((mark) => head.includes(mark))
}

/** `push(...)` with as many as a hostile frame has would overflow the stack. */
function append(ranges: SecretRange[], more: readonly SecretRange[]): void {
  for (const range of more) ranges.push(range)
}

/** What of a decoded frame, or of one inside an Envelope, is looked at. */
type Body = Pick<InnerFrame, 'bytes' | 'table' | 'bodyLine' | 'flaws' | 'end' | 'limit'> & {
  readonly message: InnerFrame['message'] | null
}

const MAX_ENVELOPES = 3

function bodyRanges(body: Body, secret: SecretMessage, mechanism: string | null, depth: number): SecretRange[] {
  const { bytes, table, bodyLine, message } = body
  const ranges: SecretRange[] = []
  let rest = secret.rest
  if (message && bodyLine >= 0) {
    const found = fieldRanges(bytes, table, bodyLine, secret.fields, mechanism)
    append(ranges, found.ranges)
    if (found.named) rest = 'secret'
    if (ENVELOPE_MESSAGES.has(message.model.name)) append(ranges, envelopeRanges(body, mechanism, depth))
  }
  append(ranges, restRanges(body, rest))
  return ranges
}

/** Secrets in what a decoder did not read, its lengths spared. */
function restRanges({ bytes, end, limit, flaws }: Body, rest: SecretMessage['rest']): SecretRange[] {
  const stop: Flaw | undefined = flaws.find((flaw) => flaw.fatal)
  const from = stop && stop.offset <= end ? Math.max(end, stop.offset + stop.length) : end
  if (from >= limit) return []
  if (rest === 'secret') return [[from, limit]]
  const mark = SENSITIVE_BYTES.exec(latin1(bytes, from, limit))
  return mark ? [[from + mark.index + mark[0].length, limit]] : []
}

/** Secrets in fields that were read. `named`: the last config's name is sensitive, so what comes next may be secret. */
function fieldRanges(
  bytes: Uint8Array,
  table: SpanTable,
  root: number,
  fields: Fields,
  mechanism: string | null,
): { ranges: SecretRange[]; named: boolean } {
  const ranges: SecretRange[] = []
  let named = false
  let marked = false
  let value: SecretRange | null = null
  const end = table.next(root)
  for (let line = root + 1; line < end; line++) {
    const node = nodeOf(table.node(line))
    if (node.kind === NodeKind.struct) {
      // A config's synonyms share its mark; the next config does not.
      if (node.name === 'configs') marked = false
      continue
    }
    if (node.name === CONFIG_NAME && node.kind === NodeKind.string) {
      const name = contents(bytes, table, line)
      named = name !== null && isSensitiveConfig(text(bytes, name[0], name[1]))
    } else if (node.name === CONFIG_SENSITIVE && node.kind === NodeKind.bool) {
      marked = u8(bytes, table.offset(line)) !== 0
      if (marked && value) ranges.push(value)
    }
    const field = fields.get(node.name)
    if (!field || (node.kind !== NodeKind.bytes && node.kind !== NodeKind.string)) continue
    value = contents(bytes, table, line)
    if (!value) continue
    if (field.kind === 'whole' || (field.kind === 'config' && (named || marked))) ranges.push(value)
    else if (field.kind === 'sasl-client') append(ranges, tokenRanges(bytes, value[0], value[1], 'client', mechanism))
    else if (field.kind === 'sasl-server') append(ranges, tokenRanges(bytes, value[0], value[1], 'server', mechanism))
  }
  return { ranges, named: named && fields.has('value') }
}

function tokenRanges(
  bytes: Uint8Array,
  start: number,
  end: number,
  sender: 'client' | 'server',
  mechanism: string | null,
): SecretRange[] {
  if (start >= end) return []
  const token = mechanism === null ? null : readSasl(bytes, start, end, sender, mechanism)
  return token ? [...token.secrets] : [[start, end]]
}

/** Secrets of the request or the answer that an Envelope holds. Which API an answer is of, it does not say. */
function envelopeRanges({ bytes, table, bodyLine }: Body, mechanism: string | null, depth: number): SecretRange[] {
  const ranges: SecretRange[] = []
  for (let line = bodyLine + 1; line < table.next(bodyLine); line++) {
    const { name } = nodeOf(table.node(line))
    if (name !== 'requestData' && name !== 'responseData') continue
    const range = contents(bytes, table, line)
    if (!range) continue
    if (depth >= MAX_ENVELOPES) ranges.push(range)
    else if (name === 'responseData') append(ranges, innerResponseRanges(bytes, range))
    else {
      const inner = readInnerRequest(bytes, range[0], range[1], new Run())
      const secret = inner && APIS.request.get(inner.apiKey)
      if (inner && secret) append(ranges, bodyRanges(inner, secret, mechanism, depth + 1))
    }
  }
  return ranges
}

/**
 * Of an answer whose request nobody saw: what is secret in it as an answer of any API as which it reads. Of one that is
 * not there to its end, and of one that names the metadata log, all behind the correlation id.
 */
function unaskedRanges(bytes: Uint8Array): SecretRange[] {
  if (bytes.length <= RESPONSE_HEADER) return []
  if (bytes.length < i32(bytes, 0) + 4 || namesMetadataLog(bytes)) return [[RESPONSE_HEADER, bytes.length]]
  return innerResponseRanges(bytes, [4, bytes.length])
}

/** Takes the answer for each API with secrets that it can be read as without a flaw. */
function innerResponseRanges(bytes: Uint8Array, [from, end]: SecretRange): SecretRange[] {
  const ranges: SecretRange[] = []
  const run = new Run()
  for (const [apiKey, secret] of APIS.response) {
    for (const version of knownVersions(secret.header)) {
      const inner = readInner(bytes, from, end, 'response', apiKey, version, run)
      if (inner && inner.flaws.length === 0) append(ranges, bodyRanges(inner, secret, null, MAX_ENVELOPES))
    }
  }
  return ranges
}

const isMetadataLog = (field: string, value: string | null): boolean =>
  value === (field === 'topicId' ? METADATA_TOPIC_ID : METADATA_TOPIC)

/** Secrets in records of the metadata log. Inside compressed batches nothing can be overwritten (Kafka makes none there). */
function logRanges(bytes: Uint8Array, as: SecretFrame): SecretRange[] {
  const ranges: SecretRange[] = []
  const { table, message } = decodeFrame(bytes, as, new Run(), as.headerVersion)
  const topic = RECORDS_TOPIC.get(message?.model.name ?? '') ?? []
  const told = new Told(bytes, table, 0, new Set(topic))
  const format = valueFormat(METADATA_TOPIC, null)!
  const run = new Run()
  for (let line = 0; line < table.size; line++) {
    if (nodeOf(table.node(line)).kind !== NodeKind.records) continue
    const range = contents(bytes, table, line)
    if (!range || !topic.some((name) => isMetadataLog(name, told.upTo(line).value(name)))) continue
    const view = new RecordsView(bytes, range[0], range[1], { context: recordsContext(message!.model.name) })
    for (let batch = 0; batch < view.batchCount; batch++) {
      if (view.header(batch).attributes & (CODEC_MASK | CONTROL)) continue
      const payload = view.payload(batch)
      if ('error' in payload || payload.bytes !== bytes || payload.form !== 'batch') continue
      const cursor = new RecordCursor(bytes, payload.start, payload.end)
      while (cursor.next()) {
        if (cursor.valueLength <= 0) continue
        const end = cursor.valueFrom + cursor.valueLength
        const reading = readNested(bytes, cursor.valueFrom, end, format, run)
        if (reading) append(ranges, recordRanges(reading, end))
        else if (mayBeSecret(bytes, cursor.valueFrom, end, format)) ranges.push([cursor.valueFrom, end])
      }
    }
    // A batch that the field's end cuts short, or whose first part another piece of a snapshot has.
    const { stop } = view.scan
    if (stop) ranges.push([stop.at, range[1]])
  }
  return ranges
}

/** Of a record of a type or version that is not known here: whether it is of one with secrets, or of which nobody knows. */
function mayBeSecret(bytes: Uint8Array, start: number, end: number, format: NestedFormat): boolean {
  uvarint(bytes, start, end)
  const type = uvarint(bytes, varintEnd, end)
  const name = format.form === 'typed' ? format.types.get(type) : undefined
  return name === undefined || RECORD_FIELDS.has(name)
}
