/** Opens one bytes or records field: finds out what it holds and reads it. The state of one expansion. */
import {
  type BytesField,
  CONNECT_ASSIGNMENT,
  controlFormat,
  groupFormats,
  isInternalLog,
  keyFormat,
  type NestedFormat,
  PRINCIPAL,
  readSasl,
  recordsContext,
  SCHEMA_PREFIX,
  schemaId,
  userDataFormats,
  valueFormat,
} from '../../dissectors/nested/index.ts'
import { CONTROL } from '../../dissectors/records/format.ts'
import {
  type NestedHook,
  type RawRecord,
  type RecordsJson,
  recordsRoom,
  recordsToJson,
} from '../../dissectors/records/json.ts'
import { defaultBudget } from '../../dissectors/records/payload.ts'
import { RecordsView, readRecords } from '../../dissectors/records/read.ts'
import { toBase64 } from '../bytes/hex.ts'
import { i16, u8, u16 } from '../bytes/read.ts'
import { SpanTable } from '../bytes/spans.ts'
import { text, validUtf8 } from '../bytes/utf8.ts'
import { nodeOf } from '../schema/node.ts'
import type { ExpandContext, hookOf, NestedFlaw, Scope } from './expand.ts'
import { flawText } from './flaw-text.ts'
import { type JsonValue, parseJson } from './json-text.ts'
import { apiName } from './messages.ts'
import {
  type InnerFrame,
  type Reading,
  readInner,
  readInnerRequest,
  readingJson,
  readingTitle,
  readNested,
} from './nested.ts'
import { pathOf } from './paths.ts'
import { type Flaw, Run } from './run.ts'
import { maskRanges, recordRanges } from './secrets.ts'
import type { Told } from './told.ts'
import { valueAt } from './value.ts'

/** Messages in messages in messages: a hostile Envelope could go on for as long as it has bytes. */
export const MAX_DEPTH = 8
const MAX_FLAWS = 100
/** A table that grew for one huge message is not used for another. */
const KEEP_INTS = 1024 * 1024
/** JSON text that is deeper nested or longer than this is left alone. */
const MAX_JSON_DEPTH = 32
const MAX_JSON = 256 * 1024

/** Where bytes are, seen from the outermost frame: their path, and what to add to offsets in them. */
export interface Place {
  readonly path: string
  readonly base: number
}

/** The field that is being opened. */
export interface At {
  readonly scope: Scope
  readonly line: number
  readonly start: number
  readonly end: number
}

export interface Opened {
  readonly title: string
  readonly table: SpanTable | null
  /** Makes the JSON; to be called before anything else is opened. */
  json(): JsonValue
}

export class Opener {
  readonly flaws: NestedFlaw[] = []
  private readonly context: ExpandContext
  private readonly frame: Uint8Array
  private readonly hookOf: typeof hookOf
  /** One for each depth: a message is still being read while those inside it are. */
  private readonly runs: Run[]
  /** What records of the whole message may take: a fetch may have thousands of fields, each full of zeros. */
  private readonly room = recordsRoom()
  private readonly budget = defaultBudget()

  /** `runs` are used where nothing that is opened outlives the next opening. */
  constructor(context: ExpandContext, frame: Uint8Array, hook: typeof hookOf, runs: Run[] = []) {
    this.runs = runs
    this.context = context
    this.frame = frame
    this.hookOf = hook
  }

  private run(depth: number): Run {
    const known = this.runs[depth]
    if (known && known.t.data.length <= KEEP_INTS) return known
    const run = new Run()
    this.runs[depth] = run
    return run
  }

  /** The name of the topic that records belong to, from fields before them. */
  topic(names: readonly string[], told: Told): string | null {
    for (const name of names) {
      const value = told.value(name)
      if (value === null) continue
      if (name !== 'topicId') return value
      return this.context.topicName?.(value) ?? null
    }
    return null
  }

  /** A bytes field whose contents are known; null where they turn out not to be. */
  field(at: At, field: BytesField, told: Told): Opened | null {
    const { scope, start, end } = at
    switch (field.holds) {
      case 'ip-address':
        return address(scope.bytes, start, end)
      case 'sasl-client':
      case 'sasl-server':
        return this.sasl(at, field.holds === 'sasl-client' ? 'client' : 'server')
      case 'envelope-request':
        return this.inner(at, readInnerRequest(scope.bytes, start, end, this.run(scope.depth + 1)))
      case 'envelope-response': {
        const of = this.context.enveloped
        if (!of) return null
        const run = this.run(scope.depth + 1)
        return this.inner(at, readInner(scope.bytes, start, end, 'response', of.apiKey, of.apiVersion, run))
      }
      default: {
        const protocol = told.value(field.protocol) ?? scope.protocol ?? this.context.protocol ?? null
        const type = field.protocolType === undefined ? 'consumer' : told.value(field.protocolType)
        const formats = formatsOf(field, type ?? this.context.protocolType ?? null, protocol)
        return this.formats(at, formats, protocol)
      }
    }
  }

  /** The first format that fits; reports what does not where it is certain. */
  private formats(at: At, formats: readonly NestedFormat[], protocol: string | null): Opened | null {
    const { scope, start, end } = at
    for (const format of formats) {
      if (format.form === 'json') return jsonText(format.title, scope.bytes, start, end)
      const reading = readNested(scope.bytes, start, end, format, this.run(scope.depth + 1))
      if (!reading) continue
      if (reading.flaws.length === 0) {
        return {
          title: readingTitle(reading),
          table: reading.table,
          json: () => readingJson(reading, this.hookOf(this, this.inside(at, reading, protocol))),
        }
      }
      if (format.certain) this.report(() => scope.place(at.line), readingTitle(reading), reading.table, reading.flaws)
    }
    return null
  }

  private inside(at: At, reading: Reading, protocol: string | null): Scope {
    const { scope, line } = at
    return {
      message: reading.name,
      bytes: reading.bytes,
      table: reading.table,
      root: reading.root,
      depth: scope.depth + 1,
      protocol,
      place: (inner) => under(scope.place(line), pathOf(reading.table, inner)),
    }
  }

  private inner(at: At, frame: InnerFrame | null): Opened | null {
    if (frame === null) return null
    const { scope, line } = at
    const api = apiName(frame.apiKey) ?? ''
    const title = `${frame.message.model.name} v${frame.apiVersion}`
    if (frame.flaws.length > 0) {
      this.report(() => scope.place(line), title, frame.table, frame.flaws)
      return null
    }
    const { bytes, table, headerLine, bodyLine } = frame
    const body: Scope = {
      message: frame.message.model.name,
      bytes,
      table,
      root: bodyLine,
      depth: scope.depth + 1,
      protocol: null,
      place: (inner) => under(scope.place(line), pathOf(table, inner)),
    }
    return {
      title,
      table,
      json: () => ({
        version: frame.apiVersion,
        api,
        header: valueAt(bytes, table, headerLine),
        body: valueAt(bytes, table, bodyLine, this.hookOf(this, body)),
      }),
    }
  }

  private sasl({ scope, start, end }: At, sender: 'client' | 'server'): Opened | null {
    return openToken(scope.bytes, start, end, sender, this.context.saslMechanism ?? null, this.context.showSecrets)
  }

  /** Record batches. `withTable` puts their lines into a table, which takes time. */
  records(at: At, topic: string | null, withTable: boolean): Opened {
    const { scope, start, end } = at
    const options = { context: recordsContext(scope.message), budget: this.budget }
    const table = withTable ? new SpanTable() : null
    const view = table
      ? readRecords(scope.bytes, start, end, table, options)
      : new RecordsView(scope.bytes, start, end, options)
    return {
      title: topic === null ? 'records' : `records of ${topic}`,
      table,
      json: () => {
        const hook = this.recordHook(at, view, topic)
        return recordsToJson(view, { room: this.room, ...(hook ? { decodeNested: hook } : {}) })
      },
    }
  }

  /** Undefined where no record can hold anything known, which is so for most topics. */
  private recordHook(at: At, view: RecordsView, topic: string | null): NestedHook | undefined {
    const internal = topic !== null && isInternalLog(topic)
    const registry = this.context.schemaRegistry === true
    if (!internal && !registry && !hasControl(view)) return undefined
    return (kind, bytes, record) => {
      if (bytes.length === 0) return undefined
      const format = internal || (kind !== 'key' && kind !== 'value') ? recordFormat(kind, topic, record) : null
      if (format) return this.recordPart(at, kind, bytes, format)
      return registry && (kind === 'key' || kind === 'value') ? registered(bytes) : undefined
    }
  }

  private recordPart(at: At, kind: string, bytes: Uint8Array, format: NestedFormat): RecordsJson | undefined {
    const { scope } = at
    const depth = scope.depth + 1
    const place = this.recordPlace(at, kind, bytes)
    const reading = readNested(bytes, 0, bytes.length, format, this.run(depth))
    if (!reading) return undefined
    if (reading.flaws.length > 0) {
      if (format.certain) this.report(place, readingTitle(reading), reading.table, reading.flaws)
      return undefined
    }
    const ranges = this.context.showSecrets ? [] : recordRanges(reading)
    const shown = ranges.length === 0 ? reading : { ...reading, bytes: maskRanges(bytes, ranges) }
    const inside: Scope = {
      message: reading.name,
      bytes: shown.bytes,
      table: reading.table,
      root: reading.root,
      depth,
      protocol: null,
      place: (inner) => under(place(), pathOf(reading.table, inner)),
    }
    return readingJson(shown, this.hookOf(this, inside))
  }

  private recordPlace({ scope, line, start }: At, kind: string, bytes: Uint8Array): () => Place {
    return () => {
      const outer = scope.place(line)
      const part = kind === 'key' ? 'key' : 'value'
      // Compressed records lie in a buffer of their own: then the field is all that can be pointed at.
      const offset = bytes.byteOffset - this.frame.byteOffset
      const within = bytes.buffer === this.frame.buffer && offset >= start && offset < this.frame.length
      const base = within ? offset : start
      return { path: `${outer.path}.${part}`, base }
    }
  }

  private report(place: () => Place, title: string, table: SpanTable, flaws: readonly Flaw[]): void {
    // Finding out a path takes as long as the fields before it, of which a hostile frame has many.
    if (this.flaws.length >= MAX_FLAWS) return
    const flaw = flaws.find(({ fatal }) => fatal) ?? flaws[0]!
    const path = flaw.code === 'trailing' ? '' : pathOf(table, flaw.line, nodeOf(flaw.node))
    const at = under(place(), path)
    this.flaws.push({
      path: at.path,
      offset: flaw.offset + at.base,
      length: flaw.length,
      message: `${title} does not fit: ${flawText(flaw, nodeOf(flaw.node).name)}.`,
      title,
      flaw,
    })
  }
}

const under = (place: Place, path: string): Place => (path ? { ...place, path: `${place.path}.${path}` } : place)

function formatsOf(field: BytesField, type: string | null, protocol: string | null): readonly NestedFormat[] {
  switch (field.holds) {
    case 'group-subscription':
      return groupFormats('subscription', type, protocol)
    case 'group-assignment':
      return groupFormats('assignment', type, protocol)
    case 'subscription-user-data':
      return userDataFormats('subscription', protocol)
    case 'assignment-user-data':
      return userDataFormats('assignment', protocol)
    case 'connect-assignment':
      return CONNECT_ASSIGNMENT
    case 'principal':
      return [PRINCIPAL]
    default:
      return []
  }
}

/** A raw SASL token, or the one in a SaslAuthenticate; null where it is not understood. Secrets of it are overwritten. */
export function openToken(
  bytes: Uint8Array,
  start: number,
  end: number,
  sender: 'client' | 'server',
  mechanism: string | null,
  showSecrets = false,
): Opened | null {
  const token = readSasl(bytes, start, end, sender, mechanism)
  if (!token) return null
  const ranges = showSecrets ? [] : token.secrets.map(([from, to]) => [from - start, to - start] as const)
  const shown = maskRanges(bytes.subarray(start, end), ranges)
  // Overwriting changes no mark, so it reads as before.
  const { fields } = readSasl(shown, 0, shown.length, sender, mechanism) ?? { fields: {} }
  return {
    title: `${token.mechanism} ${token.step}`,
    table: null,
    json: () => ({ mechanism: token.mechanism, step: token.step, ...fields }),
  }
}

function hasControl(view: RecordsView): boolean {
  for (let i = 0; i < view.batchCount; i++) {
    const { magic, attributes } = view.header(i)
    if (magic === 2 && attributes & CONTROL) return true
  }
  return false
}

function recordFormat(kind: string, topic: string | null, record: RawRecord): NestedFormat | null {
  if (kind === 'key') return topic === null ? null : keyFormat(topic)
  if (kind !== 'value') return controlFormat(kind)
  const type = record.key !== null && record.key.length >= 2 ? i16(record.key, 0) : null
  return topic === null ? null : valueFormat(topic, type)
}

function registered(bytes: Uint8Array): RecordsJson | undefined {
  const id = schemaId(bytes, 0, bytes.length)
  if (id === null) return undefined
  const sound = validUtf8(bytes, SCHEMA_PREFIX, bytes.length)
  const payload = sound
    ? text(bytes, SCHEMA_PREFIX, bytes.length)
    : { base64: toBase64(bytes, SCHEMA_PREFIX, bytes.length) }
  return { schemaId: id, payload }
}

/** An IPv4 or IPv6 address as InetAddress gives its bytes. */
function address(bytes: Uint8Array, start: number, end: number): Opened | null {
  if (end - start !== 4 && end - start !== 16) return null
  const parts: string[] = []
  if (end - start === 4) for (let p = start; p < end; p++) parts.push(String(u8(bytes, p)))
  else for (let p = start; p < end; p += 2) parts.push(u16(bytes, p).toString(16))
  const shown = parts.join(end - start === 4 ? '.' : ':')
  return { title: 'IP address', table: null, json: () => ({ address: shown }) }
}

function jsonText(title: string, bytes: Uint8Array, start: number, end: number): Opened | null {
  if (end - start > MAX_JSON || !validUtf8(bytes, start, end)) return null
  const source = text(bytes, start, end)
  if (jsonDepth(source) > MAX_JSON_DEPTH) return null
  let json: JsonValue
  try {
    json = parseJson(source)
  } catch {
    return null
  }
  return { title, table: null, json: () => json }
}

/** How deep brackets nest outside strings. */
function jsonDepth(source: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let i = 0; i < source.length; i++) {
    const c = source[i]
    if (c === '"') quoted = !quoted
    else if (quoted) i += c === '\\' ? 1 : 0
    else if (c === '[' || c === '{') deepest = Math.max(deepest, ++depth)
    else if (c === ']' || c === '}') depth--
  }
  return deepest
}
