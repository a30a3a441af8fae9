/**
 * The answers that carry addresses which a client connects to, and where in the bytes those stand.
 *
 * These are all there are up to Apache Kafka 4.4: Metadata, FindCoordinator (one coordinator up to v3, an array from
 * v4, KIP-699), DescribeCluster (KIP-700; with endpoint type 2 the controllers', KIP-919), and the node endpoints of
 * Produce v10 and Fetch v16 (KIP-951), ShareFetch and ShareAcknowledge (KIP-932). Hosts in Vote, FetchSnapshot,
 * DescribeQuorum and the like are the controllers' business among themselves; those in group descriptions name clients
 * or applications; nobody connects to either on a broker's word.
 *
 * Only these tables are loaded, not all of the protocol, so that the relay's thread starts at once.
 */
import DescribeCluster from '../../dissectors/messages/DescribeCluster.ts'
import Fetch from '../../dissectors/messages/Fetch.ts'
import FindCoordinator from '../../dissectors/messages/FindCoordinator.ts'
import Metadata from '../../dissectors/messages/Metadata.ts'
import Produce from '../../dissectors/messages/Produce.ts'
import ResponseHeader from '../../dissectors/messages/ResponseHeader.ts'
import ShareAcknowledge from '../../dissectors/messages/ShareAcknowledge.ts'
import ShareFetch from '../../dissectors/messages/ShareFetch.ts'
import { i32 } from '../bytes/read.ts'
import { text } from '../bytes/utf8.ts'
import { type CompiledMessage, compileMessage } from '../codec/compile.ts'
import { type Flaw, type FlawCode, Run } from '../codec/run.ts'
import { contents } from '../codec/value.ts'
import { knowsVersion, modelAt } from '../schema/concretise.ts'
import type { MessageTable, Model } from '../schema/model.ts'
import { NodeKind, nodeOf } from '../schema/node.ts'
import { readHeaders, readTable } from '../schema/table.ts'

interface Carrier {
  readonly api: string
  readonly text: string
  /** The first version that has addresses. */
  readonly since: number
  /** How large a frame is held back whole, in bytes: see `responses.ts`. */
  readonly hold: number
}

const MB = 1024 * 1024
/** Addresses are what these answers are for: held whole. Some 50,000 partitions make 2 MB of Metadata. */
const ALWAYS = 16 * MB
/** These carry records too, and addresses seldom. */
export const SELDOM = 1 * MB

const CARRIERS = new Map<number, Carrier>([
  [0, { api: 'Produce', text: Produce, since: 10, hold: SELDOM }],
  [1, { api: 'Fetch', text: Fetch, since: 16, hold: SELDOM }],
  [3, { api: 'Metadata', text: Metadata, since: 0, hold: ALWAYS }],
  [10, { api: 'FindCoordinator', text: FindCoordinator, since: 0, hold: ALWAYS }],
  [60, { api: 'DescribeCluster', text: DescribeCluster, since: 0, hold: ALWAYS }],
  [78, { api: 'ShareFetch', text: ShareFetch, since: 0, hold: SELDOM }],
  [79, { api: 'ShareAcknowledge', text: ShareAcknowledge, since: 0, hold: SELDOM }],
])

/** How many bytes of an answer to this request are worth holding back; 0 where it carries no addresses. */
export function holdLimit(apiKey: number, apiVersion: number): number {
  const carrier = CARRIERS.get(apiKey)
  return carrier && apiVersion >= carrier.since ? carrier.hold : 0
}

/** Name and version of a carrier, for people. */
export const carrierName = (apiKey: number, apiVersion: number): string =>
  `${CARRIERS.get(apiKey)?.api ?? `API ${apiKey}`} v${apiVersion}`

/** An address in a frame. Offsets count from the first byte of the frame's size field. */
export interface AddressSpan {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  /** The whole string field, its length included. */
  readonly hostOffset: number
  readonly hostLength: number
  /** Where the string's contents begin. */
  readonly hostContents: number
  readonly portOffset: number
}

/** The tag that encloses the addresses: its number, then its size, then `size` bytes. */
export interface EnclosingTag {
  readonly offset: number
  readonly length: number
}

export interface Addresses {
  readonly flexible: boolean
  readonly spans: readonly AddressSpan[]
  readonly tag: EnclosingTag | null
}

/** Flaws that leave in doubt where a field begins or ends, or whether this is the message it should be. */
const DOUBTFUL: ReadonlySet<FlawCode> = new Set(['tag-size', 'tag-twice', 'null', 'negative', 'utf8', 'string-size'])

const tables = new Map<number, MessageTable>()
const compiled = new Map<number, CompiledMessage>()
const headers: CompiledMessage[] = []
let run = new Run()

/**
 * Finds the addresses in the frame of an answer; a string says why they can't be found. Bytes after the end of the
 * message don't hinder it: brokers with such a bug exist, clients that put up with them too, and they should stay
 * within the proxy.
 */
export function findAddresses(frame: Uint8Array, apiKey: number, apiVersion: number): Addresses | string {
  const message = carrierMessage(apiKey, apiVersion)
  if (!message) return 'the version is unknown'
  run.reset()
  const p = header(message.model.flexible ? 1 : 0).decode(frame, 4, frame.length, run)
  const end = p < 0 ? p : message.decode(frame, p, frame.length, run)
  const doubt = end < 0 ? run.flaws.at(-1) : run.flaws.find((flaw) => DOUBTFUL.has(flaw.code))
  const { flexible } = message.model
  const found = doubt ? describe(doubt) : withSpans(flexible, collect(frame))
  // One frame of a million fields is no reason to keep a table of that size.
  if (run.t.data.length > 1 << 20) run = new Run()
  return found
}

/** Addresses in one answer that are rewritten; each takes a hundred times its bytes while it is. */
const MAX_SPANS = 20_000

const withSpans = (flexible: boolean, { spans, tag }: ReturnType<typeof collect>): Addresses | string =>
  spans.length > MAX_SPANS ? `it names more than ${MAX_SPANS} addresses` : { flexible, spans, tag }

const describe = (flaw: Flaw): string =>
  `it does not fit at byte ${flaw.offset} (${nodeOf(flaw.node).name}: ${flaw.code})`

function collect(frame: Uint8Array): { spans: AddressSpan[]; tag: EnclosingTag | null } {
  const t = run.t
  const spans: AddressSpan[] = []
  let tag: EnclosingTag | null = null
  for (let line = 1; line < t.size - 1 && spans.length <= MAX_SPANS; line++) {
    const node = nodeOf(t.node(line))
    if (node.kind === NodeKind.tagHeader && nodeOf(t.node(line + 1)).name === 'nodeEndpoints') {
      tag = { offset: t.offset(line), length: t.length(line) }
    }
    // In every carrier an id stands in front of the host and the port after it.
    if (node.kind !== NodeKind.string || node.name !== 'host' || nodeOf(t.node(line + 1)).name !== 'port') continue
    const range = contents(frame, t, line)
    if (!range) continue
    spans.push({
      nodeId: i32(frame, t.offset(line - 1)),
      host: text(frame, range[0], range[1]),
      port: i32(frame, t.offset(line + 1)),
      hostOffset: t.offset(line),
      hostLength: t.length(line),
      hostContents: range[0],
      portOffset: t.offset(line + 1),
    })
  }
  return { spans, tag }
}

/** The body's model of an answer that carries addresses; null for another, or a version that is unknown. */
export const carrierModel = (apiKey: number, apiVersion: number): Model | null =>
  carrierMessage(apiKey, apiVersion)?.model ?? null

function carrierMessage(apiKey: number, apiVersion: number): CompiledMessage | null {
  const carrier = CARRIERS.get(apiKey)
  if (!carrier || apiVersion < 0) return null
  let table = tables.get(apiKey)
  if (!table) {
    table = readTable(readHeaders(carrier.text).find((entry) => entry.kind === 'response')!)
    tables.set(apiKey, table)
  }
  if (!knowsVersion(table, apiVersion)) return null
  const key = apiKey * 65536 + apiVersion
  let message = compiled.get(key)
  if (!message) {
    message = compileMessage(modelAt(table, apiVersion))
    compiled.set(key, message)
  }
  return message
}

function header(version: 0 | 1): CompiledMessage {
  headers[version] ??= compileMessage(modelAt(readTable(readHeaders(ResponseHeader)[0]!), version), 'header')
  return headers[version]
}
