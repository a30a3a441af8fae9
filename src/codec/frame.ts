/**
 * One frame, decoded: its 4-byte size, its header, its body. All offsets count from the size field's first byte.
 */
import { i16, i32 } from '../bytes/read.ts'
import type { SpanTable } from '../bytes/spans.ts'
import { defineNode, NodeKind } from '../schema/node.ts'
import type { CompiledMessage } from './compile.ts'
import type { JsonObject, JsonValue } from './json-text.ts'
import {
  frameHeader,
  requestHeaderVersion,
  requestMessage,
  responseHeaderVersion,
  responseMessage,
} from './messages.ts'
import { type Flaw, Run } from './run.ts'
import { type BytesHook, valueAt } from './value.ts'

const SIZE = defineNode({ kind: NodeKind.int32, name: 'size', type: 'int32', width: 4 })
const UNREAD = defineNode({ kind: NodeKind.unread, name: '_unread', type: 'unread' })

/** What a frame is read as. For a request all but the kind can be read from the frame itself. */
export interface FrameKind {
  readonly kind: 'request' | 'response'
  readonly apiKey: number
  readonly apiVersion: number
}

/** A frame and the span table over it. Values are made on demand; the table is the decoder's until copied. */
export interface DecodedFrame extends FrameKind {
  readonly bytes: Uint8Array
  readonly table: SpanTable
  readonly flaws: readonly Flaw[]
  /** Flaws that were not kept because there are too many. */
  readonly droppedFlaws: number
  readonly headerVersion: number
  /** Null where API or version is unknown: then only the header was read. */
  readonly message: CompiledMessage | null
  /** Lines of the header and of the body in the table; -1 where not reached. */
  readonly headerLine: number
  readonly bodyLine: number
  /** The offset after the last byte that was read. */
  readonly end: number
  readonly stopped: boolean
}

/** API key and version in a request frame; null where the frame is shorter than that. */
export function peekRequest(bytes: Uint8Array): FrameKind | null {
  if (bytes.length < 8) return null
  return { kind: 'request', apiKey: i16(bytes, 4), apiVersion: i16(bytes, 6) }
}

/** The correlation id in a frame, or null where the frame is too short for one. */
export function peekCorrelationId(bytes: Uint8Array, kind: 'request' | 'response'): number | null {
  const at = kind === 'request' ? 8 : 4
  return bytes.length < at + 4 ? null : i32(bytes, at)
}

/** Decodes a whole frame. `run` may be reused from frame to frame; the result is valid until its next use. */
export function decodeFrame(bytes: Uint8Array, as: FrameKind, run = new Run(), headerVersion?: number): DecodedFrame {
  run.reset()
  const { kind, apiKey, apiVersion } = as
  const request = kind === 'request'
  const version =
    headerVersion ?? (request ? requestHeaderVersion(apiKey, apiVersion) : responseHeaderVersion(apiKey, apiVersion))
  const message = request ? requestMessage(apiKey, apiVersion) : responseMessage(apiKey, apiVersion)
  const header = frameHeader(kind, version)
  const end = bytes.length
  let headerLine = -1
  let bodyLine = -1
  let p = end < 4 ? run.underflow(SIZE.id, 0, 4, end) : 4
  if (p > 0) {
    run.t.add(SIZE.id, 0, 4)
    headerLine = 1
    p = header.decode(bytes, p, end, run)
  }
  if (p > 0 && message) {
    bodyLine = run.t.size
    p = message.decode(bytes, p, end, run)
  }
  const read = p > 0 ? p : lastRead(run.t)
  if (p > 0 && message && p < end) run.flaw('trailing', p, end - p, UNREAD.id, end - p, 0)
  if (read < end && (message || p < 0)) run.t.add(UNREAD.id, read, end - read)
  return {
    kind,
    apiKey,
    apiVersion,
    bytes,
    table: run.t,
    flaws: run.flaws,
    droppedFlaws: run.dropped,
    headerVersion: version,
    message,
    headerLine: run.t.size > headerLine ? headerLine : -1,
    bodyLine: run.t.size > bodyLine ? bodyLine : -1,
    end: read,
    stopped: run.stopped,
  }
}

/** Decodes a body alone; offsets count from its first byte. */
export function decodeBody(bytes: Uint8Array, message: CompiledMessage, run = new Run()): Run {
  run.reset()
  const p = message.decode(bytes, 0, bytes.length, run)
  const read = p >= 0 ? p : lastRead(run.t)
  if (p >= 0 && p < bytes.length) run.flaw('trailing', p, bytes.length - p, UNREAD.id, bytes.length - p, 0)
  if (read < bytes.length) run.t.add(UNREAD.id, read, bytes.length - read)
  run.end = read
  return run
}

/** The offset after the last line that was read whole. */
function lastRead(table: SpanTable): number {
  let end = 0
  for (let line = table.size - 1; line >= 0; line--) {
    const length = table.length(line)
    end = Math.max(end, table.offset(line) + Math.max(0, length))
    if (length > 0) break
  }
  return end
}

/** Header and body of a decoded frame as Kafka-shaped JSON; what was not reached is left out. */
export function frameJson(frame: DecodedFrame, hook?: BytesHook): { header: JsonValue; body: JsonValue } {
  const value = (line: number): JsonValue => (line < 0 ? null : valueAt(frame.bytes, frame.table, line, hook))
  return { header: value(frame.headerLine) as JsonObject | null, body: value(frame.bodyLine) }
}
