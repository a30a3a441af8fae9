/** Request frames made by hand: whatever header, whatever body. */
import { Writer } from '../bytes/write.ts'
import type { Connection } from '../client/connection.ts'
import { encodeFrame } from '../codec/encode.ts'
import { frameHeader, requestHeaderVersion, requestMessage } from '../codec/messages.ts'
import { must } from './check.ts'
import type { RequestBody } from './recipe.ts'

export const API_VERSIONS = 18
/** A version of ApiVersions that has no flexible header, and every broker has. */
export const PLAIN_VERSION = 0

/** A frame with a header of v1, and the body's bytes behind it. */
export function plainFrame(
  apiKey: number,
  version: number,
  correlationId: number,
  body = new Uint8Array(0),
): Uint8Array {
  const w = new Writer()
  w.i32(0)
  w.i16(apiKey)
  w.i16(version)
  w.i32(correlationId)
  // A null client id: an int16 of -1.
  w.i16(-1)
  w.raw(body)
  w.patchI32(0, w.length - 4)
  return new Uint8Array(w.view())
}

/** A sound frame with the header's fields as they are given. */
export function requestFrame(apiKey: number, version: number, header: RequestBody, body: RequestBody): Uint8Array {
  const message = requestMessage(apiKey, version)
  must(message !== null, `this program does not know API ${apiKey} v${version}`)
  const value = { requestApiKey: apiKey, requestApiVersion: version, clientId: 'kafkascope', ...header }
  const frame = encodeFrame(
    frameHeader('request', requestHeaderVersion(apiKey, version)).model,
    value,
    message.model,
    body,
  )
  return new Uint8Array(frame)
}

/** An int32 alone: what a frame begins with. */
export function sizeField(size: number): Uint8Array {
  const w = new Writer(4)
  w.i32(size)
  return new Uint8Array(w.view())
}

/** A cheap request that every broker answers: ApiVersions v0. */
export const probe = (correlationId: number): Uint8Array => plainFrame(API_VERSIONS, PLAIN_VERSION, correlationId)

const CLOSE_MS = 5000

/** Resolves where the broker closes the connection within a time, and throws Failed where it does not. */
export async function mustClose(connection: Connection, after: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'open'>((resolve) => {
    timer = setTimeout(() => resolve('open'), CLOSE_MS)
  })
  const state = await Promise.race([connection.wire.closed.then(() => 'closed' as const), late])
  clearTimeout(timer)
  must(state === 'closed', `the connection is open ${CLOSE_MS} ms after ${after}`)
}
