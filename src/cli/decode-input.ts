/** One line of `decode --jsonl`: what it asks for. */
import { fromHex } from '../bytes/hex.ts'
import { i16 } from '../bytes/read.ts'
import type { CompiledMessage } from '../codec/compile.ts'
import { type FrameKind, peekCorrelationId, peekRequest } from '../codec/frame.ts'
import { type JsonObject, type JsonValue, parseJson } from '../codec/json-text.ts'
import { messageByName, messageHeader } from '../codec/messages.ts'
import { hasInt16Prefix } from '../findings/guess-attempts.ts'
import { InputError, messageFor } from './messages.ts'

/** A body, or a frame with its 4-byte size. */
export type DecodeInput =
  | {
      readonly form: 'body'
      readonly message: CompiledMessage
      readonly bytes: Uint8Array
      /** Bytes that stood in front and named the version or type; `bytes` and all offsets begin behind them. */
      readonly prefix?: number
    }
  | {
      readonly form: 'frame'
      readonly as: FrameKind
      readonly bytes: Uint8Array
      /** The correlation id that an answer should have, and its request's frame; null where nobody said. */
      readonly correlationId: number | null
      readonly request: Uint8Array | null
    }

/** The line's keys that are no input: they are passed through. */
export interface DecodeLine {
  readonly others: JsonObject
  readonly input: () => DecodeInput
}

const BODY_KEYS = new Set(['name', 'version', 'kind', 'hex'])
const FRAME_KEYS = new Set(['frame', 'kind', 'apiKey', 'version', 'correlationId', 'request'])

/** Reads a line. Throws InputError where it is no JSON object; `input` throws it where it asks for nothing sensible. */
export function readDecodeLine(text: string): DecodeLine {
  const line = parseObject(text)
  const body = line.hex !== undefined && line.name !== undefined
  const keys = body ? BODY_KEYS : FRAME_KEYS
  const others = Object.fromEntries(Object.entries(line).filter(([key]) => !keys.has(key)))
  return { others, input: () => (body ? bodyInput(line) : frameInput(line)) }
}

/** A JSON object. Throws InputError. */
export function parseObject(text: string): JsonObject {
  let value: JsonValue
  try {
    value = parseJson(text)
  } catch (error) {
    throw new InputError(`no JSON: ${(error as Error).message}`)
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new InputError('want a JSON object')
  return value
}

function bodyInput(line: JsonObject): DecodeInput {
  const { name } = line
  if (typeof name !== 'string') throw new InputError('name: want the name of a message')
  const kind = typeof line.kind === 'string' ? line.kind : undefined
  if (line.version === undefined && hasInt16Prefix(name)) return prefixedBody(name, hexBytes(line, 'hex'))
  return { form: 'body', message: messageFor(name, integer(line, 'version'), kind), bytes: hexBytes(line, 'hex') }
}

/** Such a message with its int16 in front. Throws InputError where that names nothing known. */
export function prefixedBody(name: string, bytes: Uint8Array): Extract<DecodeInput, { form: 'body' }> {
  const header = messageHeader(name)!
  const isKey = name.endsWith('Key')
  if (bytes.length < 2) throw new InputError(`${name} without a version begins with an int16, this has fewer bytes`)
  const number = i16(bytes, 0)
  if (isKey && header.apiKey !== null && number !== header.apiKey) {
    throw new InputError(`${name} begins with its type, ${header.apiKey}; this begins with ${number}`)
  }
  // Consumers read versions newer than their own as their newest (ConsumerProtocol of kafka-clients).
  const newest = name.startsWith('ConsumerProtocol') ? header.versions.high : number
  const version = isKey ? keyVersion(name, number) : Math.min(number, newest)
  return { form: 'body', message: messageFor(name, version), bytes: bytes.subarray(2), prefix: 2 }
}

/** A key's own version is 0; a type that Kafka 3.9 alone has is its key's only version there. */
const keyVersion = (name: string, type: number): number => (messageByName(name, 0) ? 0 : type)

function frameInput(line: JsonObject): DecodeInput {
  if (line.frame === undefined) throw new InputError('want name, version and hex, or frame and kind')
  const { kind } = line
  if (kind !== 'request' && kind !== 'response') throw new InputError('kind: want "request" or "response"')
  const bytes = hexBytes(line, 'frame')
  const request = line.request === undefined || line.request === null ? null : hexBytes(line, 'request')
  if (kind === 'request') {
    const as = peekRequest(bytes) ?? { kind, apiKey: optional(line, 'apiKey') ?? -1, apiVersion: -1 }
    return { form: 'frame', as, bytes, correlationId: null, request: null }
  }
  const asked = request && peekRequest(request)
  const named = typeof line.name === 'string' ? (messageHeader(line.name)?.apiKey ?? null) : null
  const apiKey = optional(line, 'apiKey') ?? asked?.apiKey ?? named
  const apiVersion = optional(line, 'version') ?? asked?.apiVersion
  if (apiKey === null || apiVersion === undefined) {
    throw new InputError('want apiKey and version of a response (or its request): the frame does not say')
  }
  return {
    form: 'frame',
    as: { kind, apiKey, apiVersion: answeredVersion(bytes, apiKey, apiVersion) },
    bytes,
    correlationId: optional(line, 'correlationId') ?? (request && peekCorrelationId(request, 'request')),
    request,
  }
}

const API_VERSIONS = 18
const UNSUPPORTED_VERSION = 35

/** KIP-511: a broker that does not know the asked version of ApiVersions answers error 35 in version 0. */
export function answeredVersion(bytes: Uint8Array, apiKey: number, asked: number): number {
  return apiKey === API_VERSIONS && bytes.length >= 10 && i16(bytes, 8) === UNSUPPORTED_VERSION ? 0 : asked
}

function integer(line: JsonObject, key: string): number {
  const value = optional(line, key)
  if (value === undefined) throw new InputError(`${key}: want a whole number`)
  return value
}

function optional(line: JsonObject, key: string): number | undefined {
  const value = line[key]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new InputError(`${key}: want a whole number`)
}

function hexBytes(line: JsonObject, key: string): Uint8Array {
  const value = line[key]
  if (typeof value !== 'string') throw new InputError(`${key}: want hex digits in quotes`)
  try {
    return fromHex(value)
  } catch (error) {
    throw new InputError(`${key}: ${(error as Error).message}`)
  }
}
