/** One request frame in, one answer frame out: the codec around the handlers. No I/O. */

import { encodeFrame } from '../codec/encode.ts'
import { type DecodedFrame, decodeFrame, peekCorrelationId, peekRequest } from '../codec/frame.ts'
import type { JsonObject } from '../codec/json-text.ts'
import { apiName, frameHeader, responseHeaderVersion, responseMessage } from '../codec/messages.ts'
import type { FlawCode } from '../codec/run.ts'
import { type BytesHook, valueAt } from '../codec/value.ts'
import { accessOf, EVERYTHING } from './access/access.ts'
import { guardAccess } from './access/guard.ts'
import type { Answer, AnyHandler, Api, Context, Handler } from './api.ts'
import type { Broker } from './broker.ts'
import { guardKeys, NOT_COORDINATOR } from './coordinated.ts'
import { unsupportedVersion } from './handlers/api-versions.ts'
import { HANDLERS } from './handlers/index.ts'
import type { Login } from './sasl.ts'

export interface Peer {
  /** The node that is asked; default the first. */
  readonly nodeId?: number
  readonly host: string
  /** Where clients have to log in. */
  readonly login?: Login | undefined
  /** Whom the client's certificate names; default nobody. */
  readonly principal?: string | undefined
  /** Aborted when the connection is gone. */
  readonly signal: AbortSignal
}

/** What to do about a request: send a frame (the `last` one, and why), nothing, or close the connection and say why. */
export type Reply =
  | { readonly kind: 'answer'; readonly frame: Uint8Array; readonly last?: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'close'; readonly reason: string | null }

const API_VERSIONS = 18
/** Fields of one request: each becomes an object or two here. */
const MAX_FIELDS = 500_000

const byKey = new Map<number, AnyHandler>(HANDLERS.map((handler) => [handler.apiKey, handler]))

const limited = new WeakMap<Broker, readonly Api[]>()

/** What a broker answers: all that there is, within its limits. */
function apisOf(broker: Broker): readonly Api[] {
  const { apiLimits } = broker
  if (!apiLimits) return HANDLERS
  let apis = limited.get(broker)
  if (!apis) {
    apis = HANDLERS.flatMap(({ apiKey, versions }) => {
      const limit = apiLimits.get(apiKey)
      if (!limit) return []
      const low = Math.max(versions[0], limit[0])
      const high = Math.min(versions[1], limit[1])
      return low <= high ? [{ apiKey, versions: [low, high] as const }] : []
    })
    limited.set(broker, apis)
  }
  return apis
}

/** Flaws that Apache Kafka's own reader does not see or does not mind. */
const HARMLESS: ReadonlySet<FlawCode> = new Set([
  'boolean',
  'utf8',
  'varint-size',
  'tag-order',
  'tag-twice',
  'tag-version',
  'tag-size',
  'trailing',
])

const close = (reason: string): Reply => ({ kind: 'close', reason })

/** Answers one whole request frame, its size field included. Never throws: what goes wrong closes the connection. */
export async function answerFrame(bytes: Uint8Array, broker: Broker, peer: Peer): Promise<Reply> {
  const { login } = peer
  if (login?.expectsBareToken) {
    const frame = login.bareToken(bytes.subarray(4))
    return frame ? { kind: 'answer', frame } : close('the login is refused')
  }
  const reply = await answerRequest(bytes, broker, peer)
  return login?.failed && reply.kind === 'answer' ? { ...reply, last: 'the login is refused' } : reply
}

async function answerRequest(bytes: Uint8Array, broker: Broker, peer: Peer): Promise<Reply> {
  const as = peekRequest(bytes)
  const correlationId = peekCorrelationId(bytes, 'request')
  if (!as || correlationId === null) return close(`a request of ${bytes.length} bytes is too short for its header`)
  const { apiKey, apiVersion } = as
  const handler = byKey.get(apiKey)
  const name = apiName(apiKey) ?? `API ${apiKey}`
  const tooEarly = peer.login?.problem(apiKey, bytes.length)
  if (tooEarly) return close(`${name}: ${tooEarly}`)
  const own = apisOf(broker).find((each) => each.apiKey === apiKey)
  if (!handler || !own) return close(`${name} is not supported`)
  if (apiVersion < own.versions[0] || apiVersion > own.versions[1]) {
    if (apiKey !== API_VERSIONS) return close(`${name} v${apiVersion} is not supported`)
    // KIP-511: whatever version was asked for, v0 is what every client can read.
    return encode(API_VERSIONS, 0, correlationId, unsupportedVersion(own), broker)
  }
  const frame = decodeFrame(bytes, as)
  const flaw = frame.flaws.find((each) => !HARMLESS.has(each.code))
  if (flaw || frame.bodyLine < 0)
    return close(`${name} v${apiVersion}: malformed (${flaw?.code} at byte ${flaw?.offset})`)
  if (frame.table.size > MAX_FIELDS) return close(`${name} v${apiVersion}: more than ${MAX_FIELDS} fields`)
  try {
    const outcome = await handle(handler, frame, broker, peer)
    // What an answer tells of must be kept before it goes out.
    broker.storage?.flush(apiKey)
    if (outcome === null) return { kind: 'none' }
    if (outcome === 'close') return { kind: 'close', reason: null }
    return encode(apiKey, apiVersion, correlationId, outcome, broker)
  } catch (error) {
    return close(`${name} v${apiVersion}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function handle(
  handler: AnyHandler,
  frame: DecodedFrame,
  broker: Broker,
  peer: Peer,
): ReturnType<AnyHandler['handle']> {
  const rawBytes: BytesHook = (_line, _node, start, end) => frame.bytes.subarray(start, end)
  const header = valueAt(frame.bytes, frame.table, frame.headerLine) as JsonObject
  const body: unknown = valueAt(frame.bytes, frame.table, frame.bodyLine, rawBytes)
  const clientId = typeof header.clientId === 'string' ? header.clientId : null
  const { cluster } = broker
  const node = cluster.node(peer.nodeId ?? 1) ?? cluster.controller
  const principal = peer.login ? `User:${peer.login.user ?? 'ANONYMOUS'}` : (peer.principal ?? 'User:ANONYMOUS')
  const access = broker.authorizer ? accessOf(broker.authorizer, principal, peer.host) : EVERYTHING
  const context: Context = {
    broker,
    node,
    apis: apisOf(broker),
    version: frame.apiVersion,
    clientId,
    clientHost: `/${peer.host}`,
    principal,
    access,
    ...(peer.login && { login: peer.login }),
    signal: peer.signal,
  }
  // The tables vouch for the shape: a handler's request type names fields as they do.
  const ask = (request: unknown): ReturnType<AnyHandler['handle']> =>
    (handler as Handler<unknown>).handle(request, context)
  const elsewhere = (key: string): number => (cluster.coordinator(key) === node ? 0 : NOT_COORDINATOR)
  return guardAccess(handler.apiKey, frame.apiVersion, body, access, broker, (request) =>
    guardKeys(handler.apiKey, frame.apiVersion, request, (_kind, key) => elsewhere(key), ask),
  )
}

function encode(apiKey: number, version: number, correlationId: number, answer: Answer, { bugs }: Broker): Reply {
  const header = frameHeader('response', responseHeaderVersion(apiKey, version))
  const message = responseMessage(apiKey, version)!
  const frame = encodeFrame(header.model, { correlationId }, message.model, answer)
  if (!bugs.wants(apiKey, version)) return { kind: 'answer', frame }
  const planted = bugs.plant(frame, apiKey, version)
  if (planted === 'close') return { kind: 'close', reason: null }
  return planted === 'nothing' ? { kind: 'none' } : { kind: 'answer', frame: planted }
}
