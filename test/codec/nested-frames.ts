/** Frames and nested bytes for tests. */
import { Buffer } from 'node:buffer'
import { Writer } from '../../src/bytes/write.ts'
import { type Encodable, encodeFrame, encodeMessage } from '../../src/codec/encode.ts'
import type { FrameKind } from '../../src/codec/frame.ts'
import {
  apiKeyOf,
  frameHeader,
  requestHeaderVersion,
  requestMessage,
  responseHeaderVersion,
  responseMessage,
} from '../../src/codec/messages.ts'
import { nestedMessage } from '../../src/codec/nested.ts'

export interface Made {
  readonly bytes: Uint8Array
  readonly as: FrameKind
}

/** A frame of an API by name. */
export function frame(api: string, kind: 'request' | 'response', version: number, body: Encodable): Made {
  const apiKey = apiKeyOf(api)!
  const as = { kind, apiKey, apiVersion: version } as const
  const request = kind === 'request'
  const message = request ? requestMessage(apiKey, version)! : responseMessage(apiKey, version)!
  const headerVersion = request ? requestHeaderVersion(apiKey, version) : responseHeaderVersion(apiKey, version)
  const fields = { correlationId: 7 }
  const header = request ? { ...fields, requestApiKey: apiKey, requestApiVersion: version, clientId: 'test' } : fields
  const bytes = encodeFrame(frameHeader(kind, headerVersion).model, header, message.model, body)
  return { bytes: Uint8Array.from(bytes), as }
}

/** Request or response without its size. */
export const inner = (made: Made): Uint8Array => made.bytes.subarray(4)

/** A nested message with what stands in front of it: int16s, or unsigned varints. */
export function nested(name: string, version: number, value: Encodable, lead: Lead = { int16: [version] }): Uint8Array {
  const w = new Writer()
  for (const number of lead.int16 ?? []) w.i16(number)
  for (const number of lead.uvarint ?? []) w.uvarint(number)
  w.raw(Uint8Array.from(encodeMessage(nestedMessage(name, version)!.model, value)))
  return Uint8Array.from(w.view())
}

export interface Lead {
  readonly int16?: readonly number[]
  readonly uvarint?: readonly number[]
}

export const utf8 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf8'))
