/** An exchange as `--json` prints it: CONTRACT's line, key for key. */
import { toBase64, toHex } from '../bytes/hex.ts'
import type { ExpandContext } from '../codec/expand.ts'
import type { DecodedFrame } from '../codec/frame.ts'
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import { apiName } from '../codec/messages.ts'
import { fieldLines } from '../codec/paths.ts'
import { Run } from '../codec/run.ts'
import type { Finding } from '../findings/finding.ts'
import type { Exchange, Frame } from '../session/exchange.ts'
import { decodeShown, shownBytes, shownJson } from './contents.ts'
import { hasTooManyValues, MAX_FIELDS } from './limits.ts'

export interface JsonOptions {
  /** Adds `[path, offset, length, type]` of every field. */
  readonly fields?: boolean
  /** Adds the whole frame in hex. */
  readonly hex?: boolean
  /** Shows nested bytes and records as what they hold. */
  readonly expand?: boolean
  /** What only the session knows of nested bytes: topics by id, protocols of groups. */
  readonly context?: ExpandContext
  /** Leaves passwords, tokens and proofs as they are. */
  readonly showSecrets?: boolean
}

/** Why a frame's JSON lacks its body, or a part of it: `notDecoded`, and the keys of the summary's counts. */
export type NotDecoded =
  | 'unknown api'
  | 'unknown version'
  | 'too large to keep'
  | 'too many values to show'
  | 'does not fit its schema'

const TOO_MANY = 'too many values to show'

const run = new Run()

/** The JSON of an exchange with the findings that belong to it. Never throws; the bytes may be anything. */
export function exchangeJson(exchange: Exchange, findings: readonly Finding[], options: JsonOptions = {}): JsonObject {
  const { connection, request, response, noResponse } = exchange
  return {
    type: 'exchange',
    id: exchange.id,
    connection: connection.id,
    client: connection.client,
    broker: connection.broker,
    clientId: exchange.clientId,
    apiKey: exchange.apiKey,
    api: exchange.api,
    apiVersion: exchange.apiVersion,
    correlationId: exchange.correlationId,
    request: request && frameObject(request, exchange, options),
    response: response && frameObject(response, exchange, options),
    ...(noResponse === null ? {} : { noResponse }),
    latencyMs: latencyMs(exchange),
    findings: findings.map(findingJson),
  }
}

/** A finding as JSON; it already has the shape and the order of keys. */
export const findingJson = (finding: Finding): JsonObject => ({ ...finding }) as unknown as JsonObject

/** Seconds since 1970; the shortest number that names the microsecond. */
export const seconds = (micros: number): number => micros / 1e6

/** Milliseconds, whole microseconds exactly, from the request's first byte to its answer's; null without either. */
export function latencyMs({ request, response }: Pick<Exchange, 'request' | 'response'>): number | null {
  return request && response ? (response.time - request.time) / 1000 : null
}

function frameObject(frame: Frame, exchange: Exchange, options: JsonOptions): JsonObject {
  const bytes = shownBytes(frame, exchange, options.showSecrets ?? false)
  const object: JsonObject = { time: seconds(frame.time) }
  if (frame.packet !== null) object.packet = frame.packet
  object.size = frame.size
  if (exchange.framing === 'sasl') {
    object.header = null
    object.body = { token: bytes.length < 4 ? '' : toBase64(bytes, 4, bytes.length) }
    if (options.fields && bytes.length >= 4) {
      object.fields = [
        ['size', 0, 4, 'int32'],
        ['token', 4, bytes.length - 4, 'bytes'],
      ]
    }
  } else {
    const decoded = decodeShown(bytes, frame, run)
    const why = notDecoded(decoded, frame)
    const context = options.expand ? expandContext(exchange, options) : null
    Object.assign(object, shownJson(why === TOO_MANY ? { ...decoded, bodyLine: -1 } : decoded, context))
    if (why !== null) object.notDecoded = why
    if (options.fields) Object.assign(object, fieldsOf(decoded))
  }
  if (options.hex) object.hex = toHex(bytes)
  return object
}

const expandContext = (exchange: Exchange, { context, showSecrets }: JsonOptions): ExpandContext => ({
  saslMechanism: exchange.connection.sasl?.mechanism,
  showSecrets,
  ...context,
})

function notDecoded(decoded: DecodedFrame, frame: Frame): NotDecoded | null {
  if (!frame.kept) return 'too large to keep'
  if (hasTooManyValues(decoded.bytes, decoded.table)) return TOO_MANY
  if (!decoded.message) return apiName(decoded.apiKey) === null ? 'unknown api' : 'unknown version'
  return decoded.stopped ? 'does not fit its schema' : null
}

/** `fields`, and `fieldsDropped: true` where there are more than are shown. */
export function fieldsOf({ bytes, table }: Pick<DecodedFrame, 'bytes' | 'table'>): JsonObject {
  const lines = fieldLines(bytes, table, 0, MAX_FIELDS + 1)
  const more = lines.length > MAX_FIELDS
  if (more) lines.pop()
  return more ? { fields: lines as JsonValue, fieldsDropped: true } : { fields: lines as JsonValue }
}
