/** When bytes in the middle of a stream are a frame: for `Resync`. */
import { textRun } from '../bytes/match.ts'
import { i16, i32 } from '../bytes/read.ts'
import { text } from '../bytes/utf8.ts'
import { requestHeaderVersion, requestMessage } from '../codec/messages.ts'
import type { Connection } from './connection.ts'
import { MAX_CLAIM } from './framing.ts'
import { apiKeyAt, apiVersionAt, REQUEST_HEADER, RESPONSE_HEADER, responseCorrelationId } from './header.ts'
import { beginsTlsRecord } from './not-kafka.ts'
import type { Pending } from './pairing.ts'
import type { Peek } from './peek.ts'
import { type Candidate, MAX_WINDOW } from './resync.ts'

const NO = 0
const MORE = -1

/** Client ids longer than this are not looked for. */
const MAX_CLIENT_ID = 255

/**
 * A request: API and version are known, the client id is the connection's (or, while none is known, printable), and the
 * body reads to its last byte. Of frames too large to wait for, the header with the connection's client id is enough.
 */
export class RequestCandidate implements Candidate {
  guessed = false
  private readonly connection: Connection
  private readonly peek: Peek

  constructor(connection: Connection, peek: Peek) {
    this.connection = connection
    this.peek = peek
  }

  foreign(b: Uint8Array, p: number): boolean {
    return beginsTlsRecord(b, p)
  }

  header(b: Uint8Array, p: number, end: number): number {
    if (p + 8 > end) return MORE
    const claimed = i32(b, p)
    if (claimed < REQUEST_HEADER - 4 || claimed > MAX_CLAIM) return NO
    const apiKey = apiKeyAt(b, p)
    const apiVersion = apiVersionAt(b, p)
    if (requestMessage(apiKey, apiVersion) === null) return NO
    if (requestHeaderVersion(apiKey, apiVersion) === 0) return claimed + 4 <= MAX_WINDOW ? claimed + 4 : NO
    const header = this.clientIdEnd(b, p, end)
    if (header <= 0) return header
    if (header > claimed + 4) return NO
    if (claimed + 4 <= MAX_WINDOW) return claimed + 4
    return this.connection.clientId === null ? NO : header
  }

  /** Where the client id ends, from `p`. */
  private clientIdEnd(b: Uint8Array, p: number, end: number): number {
    const from = p + REQUEST_HEADER + 2
    if (from > end) return MORE
    const length = i16(b, from - 2)
    const known = this.connection.clientId
    if (length < -1 || length > MAX_CLIENT_ID || (known !== null && length !== Buffer.byteLength(known))) return NO
    if (length <= 0) return from - p
    const there = Math.min(length, end - from)
    if (known === null && textRun(b, from, from + there) < there) return NO
    if (there < length) return MORE
    return known === null || text(b, from, from + length) === known ? from + length - p : NO
  }

  confirm(bytes: Uint8Array): boolean {
    if (bytes.length < i32(bytes, 0) + 4) return true
    return this.peek.fits(bytes, { kind: 'request', apiKey: apiKeyAt(bytes), apiVersion: apiVersionAt(bytes) })
  }
}

/** A guess is no larger, and has a correlation id that a client counting from 0 may reach. */
const MAX_GUESS = MAX_WINDOW / 4
const MAX_GUESSED_ID = 2 ** 30

const FETCH = 1
const MAX_SMALL_ID = 255

/**
 * A response: it has the correlation id of a request that waits, and reads as its answer to the last byte. The first
 * bytes of a capture may also answer a request from before it: there a size and an id that are not absurd are a guess.
 */
export class ResponseCandidate implements Candidate {
  guessed = false
  private readonly pending: Pending
  private readonly peek: Peek

  constructor(pending: Pending, peek: Peek) {
    this.pending = pending
    this.peek = peek
  }

  foreign(b: Uint8Array, p: number): boolean {
    return beginsTlsRecord(b, p)
  }

  header(b: Uint8Array, p: number, end: number, start: boolean): number {
    if (p + RESPONSE_HEADER > end) return MORE
    const claimed = i32(b, p)
    if (claimed < 4 || claimed > MAX_CLAIM) return NO
    const correlationId = responseCorrelationId(b, p)
    const exchange = this.pending.find(correlationId)
    if (exchange === null) {
      return start && claimed <= MAX_GUESS && correlationId >= 0 && correlationId < MAX_GUESSED_ID ? claimed + 4 : NO
    }
    if (claimed + 4 <= MAX_WINDOW) return claimed + 4
    // A small id behind a huge size is what counts and zeros inside frames look like; only fetched records are so many.
    return correlationId <= MAX_SMALL_ID || exchange.apiKey !== FETCH ? NO : RESPONSE_HEADER
  }

  confirm(bytes: Uint8Array, start: boolean): boolean {
    if (bytes.length < i32(bytes, 0) + 4) return true
    const exchange = this.pending.find(responseCorrelationId(bytes))
    if (exchange === null) {
      this.guessed = start
      return start
    }
    const { apiKey, apiVersion } = exchange
    return this.peek.fits(bytes, { kind: 'response', apiKey, apiVersion })
  }
}
