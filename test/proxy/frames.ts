/** Frames for the relay's tests, made by the codec. */
import { Buffer } from 'node:buffer'
import { type Encodable, encodeFrame } from '../../src/codec/encode.ts'
import {
  apiKeyOf,
  frameHeader,
  requestHeaderVersion,
  requestMessage,
  responseHeaderVersion,
  responseMessage,
} from '../../src/codec/messages.ts'

export interface Api {
  readonly api: string
  readonly version: number
}

/** A request with nothing in it but defaults: the relay reads no more than its header. */
export function requestFrame({ api, version }: Api, correlationId: number, body: Encodable = {}): Buffer {
  const key = apiKeyOf(api)!
  const header = frameHeader('request', requestHeaderVersion(key, version)).model
  const value = { requestApiKey: key, requestApiVersion: version, correlationId, clientId: 'test' }
  return Buffer.from(encodeFrame(header, value, requestMessage(key, version)!.model, body))
}

export function responseFrame({ api, version }: Api, correlationId: number, body: Encodable): Buffer {
  const key = apiKeyOf(api)!
  const header = frameHeader('response', responseHeaderVersion(key, version)).model
  return Buffer.from(encodeFrame(header, { correlationId }, responseMessage(key, version)!.model, body))
}
