/**
 * Reads a message that stands inside a bytes field, over the same bytes: its table's offsets are those of the buffer.
 * Which message it is say the formats of `dissectors/nested`.
 */
import { NESTED_TABLES, type NestedFormat } from '../../dissectors/nested/index.ts'
import { i16, i32, uvarint, varintEnd } from '../bytes/read.ts'
import type { SpanTable } from '../bytes/spans.ts'
import { knowsVersion, modelAt } from '../schema/concretise.ts'
import { defineNode, NodeKind, type SpanNode } from '../schema/node.ts'
import { readHeaders, readTable, type TableHeader } from '../schema/table.ts'
import { type CompiledMessage, compileMessage } from './compile.ts'
import type { JsonObject } from './json-text.ts'
import {
  frameHeader,
  messageByName,
  messageHeader,
  requestHeaderVersion,
  requestMessage,
  responseHeaderVersion,
  responseMessage,
} from './messages.ts'
import type { Flaw, Run } from './run.ts'
import { type BytesHook, valueAt } from './value.ts'

const VERSION = defineNode({ kind: NodeKind.int16, name: 'version', type: 'int16', width: 2 })
const TYPE = defineNode({ kind: NodeKind.int16, name: 'type', type: 'int16', width: 2 })
const FRAME_VERSION = defineNode({ kind: NodeKind.uvarint, name: 'frameVersion', type: 'uvarint' })
const RECORD_TYPE = defineNode({ kind: NodeKind.uvarint, name: 'type', type: 'uvarint' })
const RECORD_VERSION = defineNode({ kind: NodeKind.uvarint, name: 'version', type: 'uvarint' })
const UNREAD = defineNode({ kind: NodeKind.unread, name: '_unread', type: 'unread' })

/** A message found in bytes, sound or not. It and its table are valid until the next use of the run. */
export interface Reading {
  readonly name: string
  /** As written in front of it, or told. */
  readonly version: number
  /** A number in front chose the message, so the JSON says which it is. */
  readonly typed: boolean
  readonly bytes: Uint8Array
  readonly table: SpanTable
  /** The message's line; -1 where it was not reached. */
  readonly root: number
  readonly flaws: readonly Flaw[]
}

/** Name and version for people: `ConsumerProtocolSubscription v3`. */
export const readingTitle = (reading: Reading): string => `${reading.name} v${reading.version}`

/**
 * `{"version": 3, ...}`, with `"type": "TopicRecord"` where a number chose it. A message that has a field called
 * `version` (ConsumerGroupRegularExpressionValue) shows that. The reading must be without flaws.
 */
export function readingJson(reading: Reading, hook?: BytesHook): JsonObject {
  const body = valueAt(reading.bytes, reading.table, reading.root, hook) as JsonObject
  const type = reading.typed ? { type: reading.name } : {}
  return { version: reading.version, ...type, ...body }
}

/**
 * Reads bytes `start` to `end` as a format says; null where they name a message or version that is unknown here. The
 * JSON format is not a message: null too.
 */
export function readNested(
  bytes: Uint8Array,
  start: number,
  end: number,
  format: NestedFormat,
  run: Run,
): Reading | null {
  run.reset()
  if (format.form === 'json') return null
  const reader = { bytes, start, end, run }
  return format.form === 'typed' ? readTyped(reader, format) : readVersioned(reader, format)
}

interface Reader {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly run: Run
}

type Format<F extends NestedFormat['form']> = Extract<NestedFormat, { form: F }>

function readVersioned(reader: Reader, format: Format<'message'>): Reading | null {
  const { bytes, start, end, run } = reader
  const place = format.version
  let version: number
  let at = start
  if (typeof place === 'number') version = place
  else {
    const width = place === 'own-int32' ? 4 : 2
    if (end - start < width) return broken(reader, format.message, VERSION, width)
    version = width === 4 ? i32(bytes, start) : i16(bytes, start)
    if (place === 'int16') {
      run.t.add(VERSION.id, start, 2)
      at += 2
    }
  }
  const message = versionOf(format.message, version, format.newer ?? false)
  return message && readFrom(reader, at, message, format.message, version, false)
}

function readTyped(reader: Reader, format: Format<'typed'>): Reading | null {
  const { bytes, start, end, run } = reader
  if (format.lead === 'int16') {
    if (end - start < 2) return broken(reader, 'record key', TYPE, 2)
    const type = i16(bytes, start)
    const name = format.types.get(type)
    // A type that only 3.9 has is its key's only version there.
    const message = name === undefined ? null : (nestedMessage(name, 0) ?? nestedMessage(name, type))
    if (message === null) return null
    run.t.add(TYPE.id, start, 2)
    return readFrom(reader, start + 2, message, message.model.name, message.model.version, true)
  }
  let at = start
  const numbers: number[] = []
  for (const node of [FRAME_VERSION, RECORD_TYPE, RECORD_VERSION]) {
    const value = uvarint(bytes, at, end)
    if (value === -1) return broken({ ...reader, start: at }, 'metadata record', node, 1)
    if (value === -2) return null
    run.t.add(node.id, at, varintEnd - at)
    at = varintEnd
    numbers.push(value)
  }
  const name = numbers[0] === 1 ? format.types.get(numbers[1]!) : undefined
  const message = name === undefined ? null : nestedMessage(name, numbers[2]!)
  return message && readFrom(reader, at, message, message.model.name, message.model.version, true)
}

function readFrom(
  { bytes, end, run }: Reader,
  at: number,
  message: CompiledMessage,
  name: string,
  version: number,
  typed: boolean,
): Reading {
  const root = run.t.size
  decodeRest(bytes, at, end, message, run)
  return { name, version, typed, bytes, table: run.t, root, flaws: run.flaws }
}

/** The bytes end within what should say which message they are. */
function broken({ bytes, start, end, run }: Reader, name: string, node: SpanNode, width: number): Reading {
  run.underflow(node.id, start, width, end)
  return { name, version: 0, typed: false, bytes, table: run.t, root: -1, flaws: run.flaws }
}

/** Decodes a body that should reach to `end`; what it does not reach is a flaw. Returns where it ended, or -1. */
function decodeRest(bytes: Uint8Array, at: number, end: number, message: CompiledMessage, run: Run): number {
  const p = message.decode(bytes, at, end, run)
  if (p >= 0 && p < end) {
    run.flaw('trailing', p, end - p, UNREAD.id, end - p, 0)
    run.t.add(UNREAD.id, p, end - p)
  }
  return p
}

interface Written {
  readonly header: TableHeader
  readonly compiled: Map<number, CompiledMessage>
}

const written = new Map<string, Written>()
for (const text of NESTED_TABLES) {
  for (const header of readHeaders(text.trim())) written.set(header.name, { header, compiled: new Map() })
}

/** A message that can be nested, of Kafka's schemas or written by hand; null where name or version is unknown. */
export function nestedMessage(name: string, version: number): CompiledMessage | null {
  const own = written.get(name)
  if (!own) return messageByName(name, version)
  if (!knowsVersion(own.header, version)) return null
  let message = own.compiled.get(version)
  if (!message) {
    message = compileMessage(modelAt(readTable(own.header), version))
    own.compiled.set(version, message)
  }
  return message
}

function versionOf(name: string, version: number, newer: boolean): CompiledMessage | null {
  const highest = (written.get(name)?.header ?? messageHeader(name))?.versions.high ?? -1
  return nestedMessage(name, newer && version > highest ? highest : version)
}

/** A request or response without its size, as an Envelope holds it. */
export interface InnerFrame {
  readonly kind: 'request' | 'response'
  readonly apiKey: number
  readonly apiVersion: number
  readonly bytes: Uint8Array
  readonly table: SpanTable
  readonly headerLine: number
  readonly bodyLine: number
  readonly message: CompiledMessage
  readonly flaws: readonly Flaw[]
  /** Where the reading ended; `limit` is where the bytes do. */
  readonly end: number
  readonly limit: number
}

/** Reads the request in an Envelope; null where it is too short to tell its API, or API or version is unknown. */
export function readInnerRequest(bytes: Uint8Array, start: number, end: number, run: Run): InnerFrame | null {
  if (end - start < 4) return null
  return readInner(bytes, start, end, 'request', i16(bytes, start), i16(bytes, start + 2), run)
}

/** Reads a header and a body of a known API; null where API or version is unknown. */
export function readInner(
  bytes: Uint8Array,
  start: number,
  end: number,
  kind: 'request' | 'response',
  apiKey: number,
  apiVersion: number,
  run: Run,
): InnerFrame | null {
  run.reset()
  const request = kind === 'request'
  const message = request ? requestMessage(apiKey, apiVersion) : responseMessage(apiKey, apiVersion)
  if (message === null) return null
  const version = request ? requestHeaderVersion(apiKey, apiVersion) : responseHeaderVersion(apiKey, apiVersion)
  const at = frameHeader(kind, version).decode(bytes, start, end, run)
  const bodyLine = at < 0 ? -1 : run.t.size
  const stop = at < 0 ? -1 : decodeRest(bytes, at, end, message, run)
  return {
    kind,
    apiKey,
    apiVersion,
    bytes,
    table: run.t,
    headerLine: 0,
    bodyLine: run.t.size > bodyLine ? bodyLine : -1,
    message,
    flaws: run.flaws,
    end: stop >= 0 ? stop : (run.flaws.find((flaw) => flaw.fatal)?.offset ?? start),
    limit: end,
  }
}
