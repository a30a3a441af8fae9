/** `diff --message`: one message in hex as a session of one exchange. */
import { i32 } from '../bytes/read.ts'
import { safeShort } from '../bytes/safe-text.ts'
import { expandBody } from '../codec/expand.ts'
import { decodeBody, decodeFrame, type FrameKind, peekRequest } from '../codec/frame.ts'
import type { JsonObject } from '../codec/json-text.ts'
import { apiName, type CompiledMessage } from '../codec/messages.ts'
import { Run } from '../codec/run.ts'
import { maskFrame, secretRanges } from '../codec/secrets.ts'
import type { Item, MessageKind, Side } from '../diff/model.ts'
import { frameValues, leavesOf } from '../diff/wire-side.ts'
import type { Finding } from '../findings/finding.ts'
import { inspectBody, inspectFrame } from '../findings/inspect.ts'
import type { DiffOptions } from './diff.ts'
import type { SessionInput } from './diff-input.ts'
import { CliError } from './errors.ts'
import { bytesOfText } from './hex-text.ts'
import { InputError, messageFor } from './messages.ts'

/** Throws CliError where text or options name no message. `name`: A or B. */
export function messageSession(name: string, text: string, options: DiffOptions): SessionInput {
  try {
    const bytes = bytesOfText(text)
    const item = messageItem(bytes, namedMessage(bytes, options), options.showSecrets ?? false)
    return { items: [item], standing: [], damages: [], log: false }
  } catch (error) {
    throw new CliError(`diff: ${name}: ${safeShort((error as Error).message, 300)}`)
  }
}

/** A request's frame says itself what it is. */
function namedMessage(bytes: Uint8Array, { api, apiVersion, kind }: DiffOptions): CompiledMessage {
  if (api !== undefined) {
    if (apiVersion === undefined || !/^\d{1,5}$/.test(apiVersion)) throw new InputError('want --api-version N')
    return messageFor(api, Number(apiVersion), kind)
  }
  const as = isFrame(bytes) && kind !== 'response' ? peekRequest(bytes) : null
  if (!as) throw new InputError('want --api, --api-version and --kind: only the frame of a request says what it is')
  return messageFor(as.apiKey, as.apiVersion, 'request')
}

const isFrame = (bytes: Uint8Array): boolean => bytes.length >= 8 && i32(bytes, 0) === bytes.length - 4

function messageItem(bytes: Uint8Array, message: CompiledMessage, showSecrets: boolean): Item {
  const { name, version, apiKey, kind } = message.model
  const own: MessageKind = kind === 'request' ? 'request' : 'response'
  const framed = isFrame(bytes) && apiKey !== null && kind === own
  const as: FrameKind = { kind: own, apiKey: apiKey ?? -1, apiVersion: version }
  const { side, findings } = framed ? ofFrame(bytes, as, showSecrets) : ofBody(bytes, message)
  return {
    ...{ id: 1, connection: 1, clientId: null, apiKey: apiKey ?? -1, apiVersion: version, time: 0 },
    api: kind === own && apiKey !== null ? (apiName(apiKey) ?? name) : name,
    ...{ noResponse: null, findings, mechanism: null, size: bytes.length },
    side: (which) => (which === own ? side : null),
  }
}

interface Read {
  readonly side: Side
  readonly findings: readonly Finding[]
}

function ofFrame(bytes: Uint8Array, as: FrameKind, showSecrets: boolean): Read {
  const shown = showSecrets ? bytes : maskFrame(bytes, as)
  const decoded = decodeFrame(shown, as)
  const side: Side = {
    ...{ size: bytes.length, shown, raw: bytes, secrets: showSecrets ? [] : secretRanges(bytes, as) },
    json: frameValues(decoded, { showSecrets }),
    stopped: decoded.stopped,
    leaves: () => leavesOf(decoded, { showSecrets }),
  }
  return { side, findings: inspectFrame(decodeFrame(bytes, as)) }
}

function ofBody(bytes: Uint8Array, message: CompiledMessage): Read {
  const run = decodeBody(bytes, message, new Run())
  const { json } = expandBody(bytes, run.t, 0, message)
  const opening = { bytes, table: run.t, bodyLine: 0, message }
  const values: JsonObject = { header: null, body: json }
  const about = { size: bytes.length, shown: bytes, raw: bytes, secrets: [] }
  const side: Side = { ...about, json: values, stopped: run.stopped, leaves: () => leavesOf(opening, {}) }
  return { side, findings: inspectBody(message, bytes, decodeBody(bytes, message)) }
}
