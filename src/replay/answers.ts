/**
 * A recorded session as a broker: to each request the recorded answer to the one like it. Like it is what has the same
 * API, version and contents; ids that a client makes itself may be others. On each connection in the recorded order
 * where that fits, and what is only asked (never what changes something) may be asked again.
 */
import { setI32 } from '../bytes/patch.ts'
import { encodeFrame } from '../codec/encode.ts'
import type { ExpandContext } from '../codec/expand.ts'
import { decodeFrame, peekCorrelationId, peekRequest } from '../codec/frame.ts'
import { type JsonObject, type JsonValue, printJson } from '../codec/json-text.ts'
import { apiName, frameHeader, responseHeaderVersion, responseMessage } from '../codec/messages.ts'
import { Run } from '../codec/run.ts'
import { valueAt } from '../codec/value.ts'
import type { Rules } from '../diff/rules.ts'
import { signature } from '../diff/signature.ts'
import { WireItem } from '../diff/wire-side.ts'
import { findAddresses, holdLimit } from '../proxy/carriers.ts'
import { replaceAddresses } from '../proxy/surgery.ts'
import { newConnection } from '../session/connection.ts'
import type { Exchange } from '../session/exchange.ts'
import { Entries, type Entry } from './entries.ts'
import { RecordedFetches } from './fetches.ts'
import { Ids } from './ids.ts'
import type { Recorded } from './plan.ts'
import { bodyOf } from './player.ts'

/** What to do about a request. `delayMs`: an answer that brings nothing is not given at once. */
export type Reply =
  | { readonly kind: 'answer'; readonly frame: Uint8Array; readonly delayMs: number }
  | { readonly kind: 'none' }
  /** `lacking`: the recording has no such request. */
  | { readonly kind: 'close'; readonly reason: string; readonly lacking: boolean }

export interface AnswersOptions {
  readonly rules: Rules
  readonly context: ExpandContext
  /** Where clients are told that every broker is. */
  readonly host: string
  readonly port: number
}

interface AnswerEntry extends Entry {
  readonly exchange: Exchange
  readonly findings: Recorded['findings']
  /** The lists that it is in. */
  readonly lists: Entries<AnswerEntry>[]
}

const FETCH = 1
const LIST_OFFSETS = 2
const API_VERSIONS = 18
/** Beside the polls, what changes nothing: ListOffsets, OffsetFetch, ApiVersions, DescribeGroups and other questions. */
const QUESTIONS: ReadonlySet<number> = new Set([2, 9, 15, 16, 18, 23, 29, 32, 35, 48, 50, 55, 60, 61, 65, 66, 69, 75])
/** How long an answer without records takes at most, though the recorded one may have taken longer. */
const MAX_IDLE_MS = 500

const run = new Run()

export class Answers {
  private readonly options: AnswersOptions
  /** By API and version, then by contents. */
  private readonly exact = new Map<string, Entries<AnswerEntry>>()
  private readonly alike = new Map<string, Entries<AnswerEntry>>()
  private readonly fetches = new RecordedFetches()
  private readonly ids = new Ids()
  /** Recorded requests that can be answered, and how many have been. */
  total = 0
  asked = 0

  constructor(recording: readonly Recorded[], options: AnswersOptions) {
    this.options = options
    recording.forEach(({ exchange, findings }, order) => {
      const { request, response, framing } = exchange
      if (framing !== 'kafka' || !request?.kept || (response && !response.kept)) return
      if (!response && !(exchange.noResponse === 'acks=0' || isClosedByBroker(exchange))) return
      const { id: connection } = exchange.connection
      const entry: AnswerEntry = { exchange, findings, connection, order, used: false, lists: [] }
      this.total++
      push(this.exact, this.exactKey(exchange), entry)
      push(this.alike, this.alikeKey(exchange, findings), entry)
      if (exchange.apiKey === FETCH) this.fetches.add(exchange)
    })
  }

  /** The answers of a new connection. */
  connection(): ConnectionAnswers {
    return new ConnectionAnswers((frame, bound) => this.answer(frame, bound))
  }

  private answer(frame: Uint8Array, bound: Bound): Reply {
    const as = peekRequest(frame)
    const correlationId = peekCorrelationId(frame, 'request')
    if (!as || correlationId === null) return lacking(`a request of ${frame.length} bytes is too short for its header`)
    const { apiKey, apiVersion } = as
    const api = apiName(apiKey) ?? `API ${apiKey}`
    const request = { kind: 'request' as const, time: 0, packet: null, bytes: frame, size: frame.length, kept: true }
    const decoded = decodeFrame(frame, as, run)
    const asked = { ...request, apiKey, apiVersion, headerVersion: decoded.headerVersion }
    const exchange = { ...NO_EXCHANGE, apiKey, api, apiVersion, correlationId, request: asked }
    const entry = this.find(exchange, bound)
    if (entry) return this.recorded(entry, exchange, correlationId)
    if (apiKey === FETCH) {
      const composed = this.fetches.compose(bodyOf(asked))
      if (composed)
        return {
          kind: 'answer',
          frame: this.encoded(exchange, composed.body),
          delayMs: composed.idle ? MAX_IDLE_MS : 0,
        }
    }
    return lacking(`${api} v${apiVersion}, correlation id ${correlationId}: the recording has no such request`)
  }

  private find(exchange: Exchange, bound: Bound): AnswerEntry | null {
    const exact = this.exact.get(this.exactKey(exchange))
    const fresh = exact?.next(bound.connection, bound.order)
    if (fresh) return this.take(fresh, bound)
    const alike = this.alike.get(this.alikeKey(exchange, []))
    const similar = alike?.next(bound.connection, bound.order)
    if (similar) return this.take(similar, bound)
    if (!QUESTIONS.has(exchange.apiKey) && this.options.rules.poll(exchange.api) === null) return null
    // Asked again: what was answered last.
    return exact?.lastUsed ?? alike?.lastUsed ?? null
  }

  private take(entry: AnswerEntry, bound: Bound): AnswerEntry {
    entry.used = true
    for (const list of entry.lists) list.took(entry)
    this.asked++
    bound.connection ??= entry.connection
    if (bound.connection === entry.connection) bound.order = entry.order
    return entry
  }

  private recorded({ exchange }: AnswerEntry, live: Exchange, correlationId: number): Reply {
    const { response, request, apiKey, apiVersion } = exchange
    if (!response) {
      return exchange.noResponse === 'acks=0'
        ? { kind: 'none' }
        : { kind: 'close', reason: 'as the recorded broker did', lacking: false }
    }
    // What a client calls itself (member ids of KIP-848) is told back to it.
    this.ids.learn(0, {}, bodyOf(request!), bodyOf(live.request!))
    const frame = new Uint8Array(this.addressed(this.renamed(response.bytes, exchange), apiKey, apiVersion))
    if (frame.length >= 8) setI32(frame, 4, correlationId)
    const tookMs = (response.time - request!.time) / 1000
    const idle = this.options.rules.poll(exchange.api) !== null && !hasRecords(exchange)
    return { kind: 'answer', frame, delayMs: apiKey === FETCH && idle ? Math.min(tookMs, MAX_IDLE_MS) : 0 }
  }

  /** With the ids that this client made; an answer that has flaws stays as it was, byte for byte. */
  private renamed(bytes: Uint8Array, { apiKey, apiVersion, response }: Exchange): Uint8Array {
    const decoded = decodeFrame(bytes, response!, run, response!.headerVersion)
    if (!decoded.message || decoded.stopped || decoded.flaws.length > 0 || decoded.bodyLine < 0) return bytes
    const header = valueAt(bytes, decoded.table, decoded.headerLine)
    const views = (_line: number, _node: unknown, from: number, end: number): Uint8Array => bytes.subarray(from, end)
    const body = valueAt(bytes, decoded.table, decoded.bodyLine, views)
    const now = this.ids.carried(0, body)
    if (now === body) return bytes
    return encodeFrame(
      frameHeader('response', responseHeaderVersion(apiKey, apiVersion)).model,
      header,
      decoded.message.model,
      now,
    )
  }

  private addressed(frame: Uint8Array, apiKey: number, apiVersion: number): Uint8Array {
    if (holdLimit(apiKey, apiVersion) === 0) return frame
    const found = findAddresses(frame, apiKey, apiVersion)
    const { host, port } = this.options
    return typeof found === 'string' ? frame : replaceAddresses(frame, found, () => ({ host, port }))
  }

  private encoded({ apiKey, apiVersion, correlationId }: Exchange, body: JsonObject): Uint8Array {
    const header = frameHeader('response', responseHeaderVersion(apiKey, apiVersion))
    return encodeFrame(header.model, { correlationId }, responseMessage(apiKey, apiVersion)!.model, body)
  }

  private exactKey({ apiKey, apiVersion, request }: Exchange): string {
    return `${apiKey} ${apiVersion} ${printJson(bodyWithBytes(request!))}`
  }

  private alikeKey(exchange: Exchange, findings: Recorded['findings']): string {
    const { api, apiKey, apiVersion } = exchange
    // Times below 0 are what ListOffsets is about: earliest, latest.
    if (apiKey === LIST_OFFSETS) return this.exactKey(exchange)
    // Which release of a client asks changes nothing.
    if (apiKey === API_VERSIONS) return `${apiKey} ${apiVersion}`
    const { rules, context } = this.options
    const side = new WireItem(exchange, findings, { context, showSecrets: true, expand: true }).side('request')!
    return `${apiKey} ${apiVersion} ${signature({ body: side.json.body ?? null }, rules.root(api, 'request', null), true)}`
  }
}

/** Which recorded connection a connection follows, and how far it has come. */
interface Bound {
  connection: number | null
  order: number
}

/** The answers of one connection, request by request. */
export class ConnectionAnswers {
  private readonly bound: Bound = { connection: null, order: -1 }
  private readonly ask: (frame: Uint8Array, bound: Bound) => Reply

  constructor(ask: (frame: Uint8Array, bound: Bound) => Reply) {
    this.ask = ask
  }

  /** Answers a request frame, its size field included. Never throws: what goes wrong closes the connection. */
  answer(frame: Uint8Array): Reply {
    try {
      return this.ask(frame, this.bound)
    } catch (error) {
      return lacking(error instanceof Error ? error.message : String(error))
    }
  }
}

const lacking = (reason: string): Reply => ({ kind: 'close', reason, lacking: true })

/** The broker closed the connection without an answer; not the client, nor the end of the recording. */
const isClosedByBroker = ({ noResponse, connection }: Exchange): boolean =>
  noResponse === 'connection closed' && connection.endedBy === 'response'

const hasRecords = ({ response }: Exchange): boolean => {
  const decoded = decodeFrame(response!.bytes, response!, run, response!.headerVersion)
  let found = false
  if (decoded.bodyLine >= 0 && !decoded.stopped) {
    valueAt(decoded.bytes, decoded.table, decoded.bodyLine, (_line, _node, from, end) => {
      found ||= end > from
      return ''
    })
  }
  return found
}

function bodyWithBytes(frame: NonNullable<Exchange['request']>): JsonValue {
  const decoded = decodeFrame(frame.bytes, frame, run, frame.headerVersion)
  return decoded.bodyLine < 0 ? null : valueAt(decoded.bytes, decoded.table, decoded.bodyLine)
}

function push(map: Map<string, Entries<AnswerEntry>>, key: string, entry: AnswerEntry): void {
  const list = map.get(key) ?? new Entries<AnswerEntry>()
  map.set(key, list)
  list.add(entry)
  entry.lists.push(list)
}

/** What a request that stands alone is an exchange of. */
const NO_EXCHANGE = {
  id: 0,
  connection: newConnection({ id: 0, client: '', broker: '' }, 0),
  framing: 'kafka',
  clientId: null,
  response: null,
  noResponse: null,
} as const satisfies Partial<Exchange>
