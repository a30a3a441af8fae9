/**
 * Logging in, as far as framing and views need it. After SaslHandshake v0 the client's next frames are raw tokens: a
 * size and the mechanism's bytes, no Kafka header (KIP-43); with v1 tokens travel in SaslAuthenticate (KIP-152), also
 * when a connection logs in anew (KIP-368). Kafka 0.9 had no handshake: the first frame of a connection is a token.
 */
import { readSasl } from '../../dissectors/nested/index.ts'
import { i8, i16, u8, u16 } from '../bytes/read.ts'
import { text, validUtf8 } from '../bytes/utf8.ts'
import { requestMessage } from '../codec/messages.ts'
import type { Connection } from './connection.ts'
import type { Frame } from './exchange.ts'
import { apiKeyAt, apiVersionAt, REQUEST_HEADER } from './header.ts'
import { fieldBytes, fieldValue, type Peek } from './peek.ts'

export const SASL_HANDSHAKE = 17
export const SASL_AUTHENTICATE = 36
const API_VERSIONS = 18

type Login = NonNullable<Connection['sasl']>

/** First tokens longer than this are not guessed at; longer names are cut. */
export const MAX_FIRST_TOKEN = 4096

/** How many tokens a client sends; where the mechanism leaves that open (GSSAPI, OAUTHBEARER) a Kafka frame ends them. */
function clientTokens(mechanism: string): number {
  if (mechanism === 'PLAIN') return 1
  if (mechanism.startsWith('SCRAM')) return 2
  return Number.POSITIVE_INFINITY
}

/** The first byte of a GSSAPI token: ASN.1 application tag 0 (RFC 2743, 3.1), as SaslServerAuthenticator looks for. */
const GSSAPI_TAG = 0x60

/** The mechanism whose first token this may be; null where it looks like none. */
function guessMechanism(token: Uint8Array): string | null {
  if (token.length < 3) return null
  if (i8(token, 0) === GSSAPI_TAG) return 'GSSAPI'
  if (token.length > MAX_FIRST_TOKEN || !validUtf8(token, 0, token.length)) return null
  const words = text(token, 0, token.length)
  if (/^[ny],(a=[^,]*)?,n=[^,]+,r=/.test(words)) return 'SCRAM'
  // A control character (0x01) separates its parts (RFC 7628, 3.1).
  if (/^[ny],(a=[^,]*)?,.auth=/.test(words)) return 'OAUTHBEARER'
  const parts = words.split('\0')
  // Kafka headers, too, are text between zeros where ids are small: other control characters give them away.
  if (parts.some((part) => /\p{Cc}/u.test(part))) return null
  // authzid NUL user NUL password (RFC 4616)
  return parts.length === 3 && parts[1] !== '' && parts[2] !== '' ? 'PLAIN' : null
}

/**
 * Whether these bytes, the first of a connection, are surely a client's first raw token: of GSSAPI its ASN.1 length has
 * to be that of the bytes.
 */
export function isFirstToken(token: Uint8Array): boolean {
  const mechanism = guessMechanism(token)
  return mechanism === 'GSSAPI' ? derLength(token) === token.length : mechanism !== null
}

/** The length that a DER value with a tag of one byte claims, tag and length included; 0 where it claims none. */
function derLength(b: Uint8Array): number {
  const first = u8(b, 1)
  if (first < 0x80) return 2 + first
  if (first === 0x81) return 3 + u8(b, 2)
  return first === 0x82 && b.length >= 4 ? 4 + u16(b, 2) : 0
}

/** Follows the login of one connection, and says which of its frames are raw tokens. */
export class Sasl {
  private tokensLeft = 0
  private readonly connection: Connection
  private readonly peek: Peek

  constructor(connection: Connection, peek: Peek) {
    this.connection = connection
    this.peek = peek
  }

  /** Whether the client's next frame is a raw token. `first`: it is the first of the connection. */
  isToken(frame: Uint8Array, first: boolean): boolean {
    if (this.tokensLeft > 0) {
      if (!this.surelyKafka(frame)) return true
      this.tokensLeft = 0
      return false
    }
    if (!first || this.knownApi(frame)) return false
    const mechanism = guessMechanism(frame.subarray(4))
    if (mechanism === null) return false
    this.connection.sasl = { mechanism, user: null, state: 'tokens' }
    this.tokensLeft = clientTokens(mechanism)
    return true
  }

  private knownApi(frame: Uint8Array): boolean {
    return frame.length >= REQUEST_HEADER && requestMessage(apiKeyAt(frame), apiVersionAt(frame)) !== null
  }

  private surelyKafka(frame: Uint8Array): boolean {
    if (!this.knownApi(frame)) return false
    return this.peek.fits(frame, { kind: 'request', apiKey: apiKeyAt(frame), apiVersion: apiVersionAt(frame) })
  }

  /** A raw token of the client: the bytes after the size field. */
  token(token: Uint8Array): void {
    this.tokensLeft--
    this.note(token)
  }

  private note(token: Uint8Array): void {
    const { connection } = this
    connection.sasl ??= { mechanism: guessMechanism(token) ?? '', user: null, state: 'tokens' }
    connection.sasl.state = 'tokens'
    // What is no token of the mechanism names nobody: a password may stand where the name should.
    const said = readSasl(token, 0, token.length, 'client', connection.sasl.mechanism)
    connection.sasl.user ??= said?.user?.slice(0, MAX_FIRST_TOKEN) ?? null
  }

  /** The broker's answer to a raw token. */
  answered(token: Uint8Array): void {
    if (this.connection.sasl) succeed(this.connection.sasl, token)
  }

  /** After gaps: where frames are found again they are Kafka's. */
  resume(): void {
    this.tokensLeft = 0
  }

  /** A request with a Kafka header. */
  request(frame: Frame): void {
    const { connection } = this
    if (frame.apiKey === SASL_HANDSHAKE) this.handshake(frame)
    else if (frame.apiKey === SASL_AUTHENTICATE) {
      const token = frame.kept ? fieldBytes(this.peek.frame(frame), 'authBytes') : null
      if (token) this.note(token)
    } else if (connection.sasl?.state === 'tokens' && frame.apiKey !== API_VERSIONS) connection.sasl.state = 'done'
  }

  private handshake(frame: Frame): void {
    const name = fieldValue(this.peek.frame(frame, MAX_FIRST_TOKEN), 'mechanism')
    const mechanism = typeof name === 'string' ? name.slice(0, 64) : ''
    this.connection.sasl = { mechanism, user: null, state: 'handshake' }
    if (frame.apiVersion === 0) this.tokensLeft = clientTokens(mechanism)
  }

  /** The answer to a SaslHandshake or SaslAuthenticate request. */
  response(frame: Frame): void {
    const { sasl } = this.connection
    if (!sasl || !frame.kept) return
    const decoded = this.peek.frame(frame)
    const error = fieldValue(decoded, 'errorCode')
    if (typeof error !== 'number') return
    if (error !== 0) {
      sasl.state = 'failed'
      this.tokensLeft = 0
    } else if (frame.apiKey === SASL_HANDSHAKE) {
      if (sasl.state === 'handshake') sasl.state = 'tokens'
    } else succeed(sasl, fieldBytes(decoded, 'authBytes') ?? new Uint8Array(0))
  }

  /** The connection ends; `unanswered`: while a raw token waits, which is how a broker refuses one. */
  closed(unanswered: boolean): void {
    const { sasl } = this.connection
    if (unanswered && sasl?.state === 'tokens') sasl.state = 'failed'
  }
}

const FINAL = 0x763d // "v=", the server's signature (RFC 5802)
const ERROR = 0x653d // "e="

/** A token came from the broker without an error. */
function succeed(sasl: Login, token: Uint8Array): void {
  const start = token.length >= 2 ? i16(token, 0) : 0
  if (sasl.mechanism === 'PLAIN') sasl.state = 'done'
  else if (sasl.mechanism.startsWith('SCRAM')) {
    if (start === FINAL) sasl.state = 'done'
    if (start === ERROR) sasl.state = 'failed'
  } else if (sasl.mechanism === 'OAUTHBEARER' && token.length === 0) sasl.state = 'done'
}
