/**
 * `--expand`: a message's JSON in which bytes are shown as what they hold. Bytes that do not decode to their last one
 * stay base64, and where it is certain what they should have been, what is wrong with them is reported.
 */
import { BYTES_FIELDS, type BytesField, RECORDS_TOPIC } from '../../dissectors/nested/index.ts'
import type { SpanTable } from '../bytes/spans.ts'
import { NodeKind, nodeOf, type SpanNode } from '../schema/node.ts'
import type { CompiledMessage } from './compile.ts'
import type { DecodedFrame, FrameKind } from './frame.ts'
import type { JsonValue } from './json-text.ts'
import { MAX_DEPTH, Opener, type Place } from './open.ts'
import { pathOf } from './paths.ts'
import type { Flaw, Run } from './run.ts'
import { Told } from './told.ts'
import { type BytesHook, contents, valueAt } from './value.ts'

/** What the bytes alone do not tell. All of it is optional. */
export interface ExpandContext {
  /** The name of a topic by its id, as `toUuid` prints it; null where it is not known. */
  readonly topicName?: ((topicId: string) => string | null | undefined) | undefined
  /** Of the group, where the message does not carry them: `consumer`; the assignor, `range`. */
  readonly protocolType?: string | null | undefined
  readonly protocol?: string | null | undefined
  readonly saslMechanism?: string | null | undefined
  /** The request that an Envelope's answer is for. */
  readonly enveloped?: Pick<FrameKind, 'apiKey' | 'apiVersion'> | undefined
  /** Keys and values that begin as those of a schema registry are shown as `{"schemaId", "payload"}`. Off by default. */
  readonly schemaRegistry?: boolean | undefined
  /** Leaves secrets of the metadata log's records as they are. */
  readonly showSecrets?: boolean | undefined
}

/** Bytes that should have been something and are not. */
export interface NestedFlaw {
  /** Path in the outer message, and in the inner one: `members[0].metadata.topics`. */
  readonly path: string
  /** From the start of the outer buffer; of the field that was decompressed, where it is in compressed records. */
  readonly offset: number
  readonly length: number
  readonly message: string
  /** What they should have been: `ConsumerProtocolSubscription v3`. */
  readonly title: string
  readonly flaw: Flaw
}

export interface Expanded {
  readonly header: JsonValue
  readonly body: JsonValue
  readonly nestedFlaws: readonly NestedFlaw[]
}

/** What a bytes or records field holds, for a view. */
export interface Nested {
  /** `ConsumerProtocolSubscription v3`, `SCRAM-SHA-256 client-final`, `records`. */
  readonly title: string
  /** Its lines; null where it is text without fields (SASL tokens, JSON, addresses). */
  readonly table: SpanTable | null
  /** What the table's offsets count in: the frame's own bytes. */
  readonly bytes: Uint8Array
  /** Made when it is asked for: of many records it takes long. */
  readonly json: JsonValue
}

/** Header and body of a frame, expanded. Never throws. */
export function expandFrame(frame: DecodedFrame, context: ExpandContext = {}): Expanded {
  const { bytes, table, headerLine, bodyLine, message } = frame
  const header = headerLine < 0 ? null : valueAt(bytes, table, headerLine)
  const body = message && bodyLine >= 0 ? expandBody(bytes, table, bodyLine, message, context) : null
  return { header, body: body?.json ?? null, nestedFlaws: body?.nestedFlaws ?? [] }
}

/** A body alone: `line` is the message's own in the table (0 after `decodeBody`). Never throws. */
export function expandBody(
  bytes: Uint8Array,
  table: SpanTable,
  line: number,
  message: CompiledMessage,
  context: ExpandContext = {},
): { json: JsonValue; nestedFlaws: readonly NestedFlaw[] } {
  if (line >= table.size) return { json: null, nestedFlaws: [] }
  const opener = new Opener(context, bytes, hookOf)
  const hook = hookOf(opener, frameScope(bytes, table, line, message))
  return { json: valueAt(bytes, table, line, hook), nestedFlaws: opener.flaws }
}

/**
 * What is wrong in the bytes fields of a body that must hold a message; for messages without such fields it costs
 * nothing. Records are not looked into.
 */
export function nestedFlaws(
  bytes: Uint8Array,
  table: SpanTable,
  line: number,
  message: CompiledMessage,
  context: ExpandContext = {},
): readonly NestedFlaw[] {
  if (message.hasRecords || !FIELDS.has(message.model.name) || line >= table.size) return NONE
  const opener = new Opener(context, bytes, hookOf, flawRuns)
  const hook = hookOf(opener, frameScope(bytes, table, line, message))
  const end = table.next(line)
  for (let at = line + 1; at < end; at++) {
    const node = nodeOf(table.node(at))
    if (node.kind !== NodeKind.bytes || table.length(at) < 0) continue
    const range = contents(bytes, table, at)
    if (range) hook(at, node, range[0], range[1])
  }
  return opener.flaws
}

const NONE: readonly NestedFlaw[] = []

/** Of what is looked for in every frame nothing is kept, so that one set of tables is enough. */
const flawRuns: Run[] = []

/** A frame, or a body alone (`bodyLine` 0). */
export type Opening = Pick<DecodedFrame, 'bytes' | 'table' | 'bodyLine' | 'message'>

/** What the bytes or records field at a line of the frame's table holds; null where that is not known. */
export function nestedOf(frame: Opening, line: number, context: ExpandContext = {}): Nested | null {
  const { bytes, table, bodyLine, message } = frame
  if (!message || bodyLine < 0 || line <= bodyLine || line >= table.size) return null
  const node = nodeOf(table.node(line))
  if (node.kind !== NodeKind.bytes && node.kind !== NodeKind.records) return null
  const range = contents(bytes, table, line)
  if (!range || range[0] === range[1]) return null
  const opener = new Opener(context, bytes, hookOf)
  const opened = open(opener, frameScope(bytes, table, bodyLine, message), line, node, range[0], range[1], true)
  if (!opened) return null
  let json: JsonValue | undefined
  return {
    title: opened.title,
    table: opened.table,
    bytes,
    get json() {
      json ??= opened.json()
      return json
    },
  }
}

/** A message in which fields are opened: the frame's, or one in a field. */
export interface Scope {
  readonly message: string
  readonly bytes: Uint8Array
  readonly table: SpanTable
  readonly root: number
  readonly depth: number
  /** The group's protocol, as a message around this one told. */
  readonly protocol: string | null
  /** Where a line is, seen from the frame. */
  readonly place: (line: number) => Place
}

const frameScope = (bytes: Uint8Array, table: SpanTable, root: number, message: CompiledMessage): Scope => ({
  message: message.model.name,
  bytes,
  table,
  root,
  depth: 0,
  protocol: null,
  place: (line) => ({ path: pathOf(table, line), base: 0 }),
})

const FIELDS = new Map<string, Map<string, BytesField>>()
for (const field of BYTES_FIELDS) {
  if (field.holds === 'opaque') continue
  FIELDS.set(field.message, (FIELDS.get(field.message) ?? new Map<string, BytesField>()).set(field.field, field))
}

const toldOf = new Map<string, ReadonlySet<string>>()

/** Names of fields that say what others of the message hold. */
function toldNames(message: string): ReadonlySet<string> {
  const known = toldOf.get(message)
  if (known) return known
  const names = new Set(RECORDS_TOPIC.get(message))
  toldOf.set(message, names)
  for (const { protocolType, protocol } of FIELDS.get(message)?.values() ?? []) {
    if (protocolType !== undefined) names.add(protocolType)
    if (protocol !== undefined) names.add(protocol)
  }
  return names
}

/** Opens bytes as `valueAt` comes to them. */
export function hookOf(opener: Opener, scope: Scope): BytesHook {
  const told = new Told(scope.bytes, scope.table, scope.root, toldNames(scope.message))
  return (line, node, start, end) => open(opener, scope, line, node, start, end, false, told)?.json()
}

function open(
  opener: Opener,
  scope: Scope,
  line: number,
  node: SpanNode,
  start: number,
  end: number,
  withTable: boolean,
  told = new Told(scope.bytes, scope.table, scope.root, toldNames(scope.message)),
) {
  const at = { scope, line, start, end }
  if (node.kind === NodeKind.records) {
    const names = RECORDS_TOPIC.get(scope.message)
    const topic = names ? opener.topic(names, told.upTo(line)) : null
    return opener.records(at, topic, withTable)
  }
  const field = FIELDS.get(scope.message)?.get(node.name)
  if (!field || start === end || scope.depth >= MAX_DEPTH) return null
  return opener.field(at, field, told.upTo(line))
}
