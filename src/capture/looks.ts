/** Whether the first bytes of a stream are Kafka's: for connections on any port. */
import { i16, i32, u8 } from '../bytes/read.ts'
import { text } from '../bytes/utf8.ts'
import { requestHeaderVersion, requestMessage } from '../codec/messages.ts'
import {
  apiKeyAt,
  apiVersionAt,
  REQUEST_HEADER,
  RESPONSE_HEADER,
  requestCorrelationId,
  responseCorrelationId,
} from '../session/header.ts'
import type { Peek } from '../session/peek.ts'
import { isFirstToken, MAX_FIRST_TOKEN } from '../session/sasl.ts'

/** `maybe`: an API and a version are there, but the rest is no sound request: `answers` may tell. */
export type Look = 'kafka' | 'tls' | 'foreign' | 'maybe' | 'more'

/** `socket.request.max.bytes` by default. */
const MAX_REQUEST = 100 * 1024 * 1024
/** Frames up to this size are awaited whole where their header alone proves nothing. */
const MAX_AWAITED = 1024 * 1024
/** Far above today's API keys and versions: one that is not known here is still a request. */
const MAX_API_KEY = 1024
const MAX_API_VERSION = 64
const MAX_CLIENT_ID = 1024

const TLS_HANDSHAKE = 22

/** True for the first bytes of a TLS handshake record, as far as they go. */
export const beginsTls = (b: Uint8Array): boolean =>
  b.length > 0 && u8(b, 0) === TLS_HANDSHAKE && (b.length < 2 || u8(b, 1) === 3) && (b.length < 3 || u8(b, 2) <= 4)

/**
 * The first bytes of what a client sends. A header with a client id is proof; without one (others have such bytes: a
 * ZooKeeper client's first message reads as a Produce v0 header) the whole frame must read.
 */
export function lookAtRequests(b: Uint8Array, peek: Peek): Look {
  if (beginsTls(b)) return b.length >= 3 ? 'tls' : 'more'
  if (b.length >= 1 && u8(b, 0) > MAX_REQUEST >> 24) return 'foreign'
  if (b.length < REQUEST_HEADER + 2) return 'more'
  const size = i32(b, 0)
  const apiKey = apiKeyAt(b)
  const apiVersion = apiVersionAt(b)
  const known = requestMessage(apiKey, apiVersion) !== null
  const token = known ? 'foreign' : lookAtToken(b, size)
  if (token !== 'foreign') return token
  if (size < REQUEST_HEADER - 4 || size > MAX_REQUEST) return 'foreign'
  if (apiKey < 0 || apiKey > MAX_API_KEY || apiVersion < 0 || apiVersion > MAX_API_VERSION) return 'foreign'
  const bad = known ? 'maybe' : 'foreign'
  const idSize = requestHeaderVersion(apiKey, apiVersion) === 0 ? -1 : i16(b, REQUEST_HEADER)
  if (idSize < -1 || idSize > MAX_CLIENT_ID || REQUEST_HEADER - 2 + idSize > size) return bad
  if (idSize > 0) {
    const from = REQUEST_HEADER + 2
    const end = Math.min(b.length, from + idSize)
    if (/\p{Cc}/u.test(text(b, from, end))) return bad
    return end === from + idSize ? 'kafka' : 'more'
  }
  if (!known || size > MAX_AWAITED) return bad
  if (b.length < size + 4) return 'more'
  return peek.fits(b.subarray(0, size + 4), { kind: 'request', apiKey, apiVersion }) ? 'kafka' : bad
}

/** First bytes of SASL tokens: GSSAPI's tag, PLAIN without an authzid, the GS2 headers `n,` and `y,`. */
const TOKEN_STARTS = new Set([0x60, 0x00, 0x6e, 0x79])

/** Brokers of 0.9 know no SaslHandshake: a client's first frame is a size and a token. */
function lookAtToken(b: Uint8Array, size: number): Look {
  if (size < 3 || size > MAX_FIRST_TOKEN || !TOKEN_STARTS.has(u8(b, 4))) return 'foreign'
  if (b.length < size + 4) return 'more'
  return isFirstToken(b.subarray(4, size + 4)) ? 'kafka' : 'foreign'
}

/** Whether what a broker sends first answers what a client sent first, which may be a broken request. */
export function answers(answer: Uint8Array, request: Uint8Array): Look {
  if (answer.length < RESPONSE_HEADER) return 'more'
  const id = requestCorrelationId(request)
  // ZooKeeper's first messages both have zeros there.
  const sound = i32(answer, 0) >= 4 && i32(answer, 0) <= MAX_REQUEST && (id !== 0 || apiKeyAt(request) !== 0)
  return sound && responseCorrelationId(answer) === id ? 'kafka' : 'foreign'
}

/** So many frames in a row, with ids in a row, are answers; fewer where they are all there is, to the last byte. */
const PROOF = 3
const PROOF_WHOLE = 2
/** A client's correlation ids ascend by one, but for requests that are not answered (acks=0). */
const MAX_STEP = 16

/**
 * The first bytes of what a broker sends, where its client can't be heard: frames whose correlation ids ascend.
 * `all`: no more bytes came.
 */
export function lookAtAnswers(b: Uint8Array, all = false): Look {
  let last = -1
  let frames = 0
  let at = 0
  for (; at + 8 <= b.length && frames < PROOF; frames++) {
    const size = i32(b, at)
    const id = i32(b, at + 4)
    if (size < 4 || size > MAX_REQUEST || id < 0) return 'foreign'
    if (frames > 0 && (id <= last || id - last > MAX_STEP)) return 'foreign'
    last = id
    at += size + 4
  }
  const proven = frames >= PROOF || (all && frames >= PROOF_WHOLE && at === b.length)
  return proven ? 'kafka' : 'more'
}
