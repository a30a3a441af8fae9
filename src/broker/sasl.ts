/**
 * Logging in: PLAIN, SCRAM and OAUTHBEARER, after SaslHandshake v0 in bare tokens (KIP-43), after v1 in SaslAuthenticate (KIP-152);
 * and logging in anew on the same connection (KIP-368). SaslServerAuthenticator of Apache Kafka.
 */
import { Buffer } from 'node:buffer'
import { createHash, timingSafeEqual } from 'node:crypto'
import { errorCode } from '../../dissectors/errors.ts'
import { setI32 } from '../bytes/patch.ts'
import type { Answer } from './api.ts'
import { oauthStepper } from './oauth.ts'
import { credentialOf, type ScramHash, ScramServer } from './scram.ts'
import type { ScramCredential } from './settings.ts'

export const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
export type Mechanism = (typeof MECHANISMS)[number]
/** With one that lets in whoever says so, and is there only where it is asked for. */
export const ALL_MECHANISMS = [...MECHANISMS, 'OAUTHBEARER'] as const
export type ServerMechanism = (typeof ALL_MECHANISMS)[number]

export interface SaslOptions {
  /** Passwords by user. */
  readonly users: ReadonlyMap<string, string>
  /** sasl.enabled.mechanisms */
  readonly mechanisms: readonly ServerMechanism[]
  /** connections.max.reauth.ms: how long a login lasts; 0: for ever. */
  readonly maxReauthMs: number
}

/** What a login asks of the broker. */
export interface LoginRoom {
  readonly now: () => number
  readonly random: (size: number) => Uint8Array
  /** Credentials that AlterUserScramCredentials made: 1 SCRAM-SHA-256, 2 SCRAM-SHA-512. */
  readonly altered: (user: string, mechanism: number) => ScramCredential | undefined
}

export const SASL_HANDSHAKE = 17
export const SASL_AUTHENTICATE = 36
const API_VERSIONS = 18
/** sasl.server.max.receive.size: bytes of a frame before the login is done. */
const MAX_BEFORE_LOGIN = 524_288
const ILLEGAL_SASL_STATE = errorCode('ILLEGAL_SASL_STATE')

/** A token's answer; `user` once the login is done, which may end at `expiresAt`, ms since 1970. Or why it is refused. */
export type Step =
  | { readonly answer: Uint8Array; readonly user?: string; readonly expiresAt?: number }
  | { readonly refused: string }

interface Exchange {
  readonly mechanism: ServerMechanism
  readonly bare: boolean
  step(token: Uint8Array): Step
}

/** Everybody's passwords, as all connections share them. */
export class Credentials {
  readonly options: SaslOptions
  private readonly room: LoginRoom
  private readonly scrammed = new Map<string, ScramCredential>()

  constructor(options: SaslOptions, room: LoginRoom) {
    this.options = options
    this.room = room
  }

  login(): Login {
    return new Login(this, this.room)
  }

  isPassword(user: string, password: string): boolean {
    const known = this.options.users.get(user)
    // Digests, so that the time taken says nothing of how much of it is right.
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
    return timingSafeEqual(digest(password), digest(known ?? '')) && known !== undefined
  }

  scram(user: string, hash: ScramHash): ScramCredential | undefined {
    const altered = this.room.altered(user, hash === 'sha512' ? 2 : 1)
    if (altered) return altered
    const password = this.options.users.get(user)
    if (password === undefined) return undefined
    const key = `${hash} ${user}`
    const made = this.scrammed.get(key) ?? credentialOf(password, hash, this.room.random)
    this.scrammed.set(key, made)
    return made
  }
}

/** One connection's login. */
export class Login {
  /** Whoever is logged in; null before. */
  user: string | null = null
  /** A login was refused: the connection ends with the answer that says so. */
  failed = false
  private exchange: Exchange | null = null
  private mechanism: ServerMechanism | null = null
  private expiresAt = Number.POSITIVE_INFINITY
  private readonly credentials: Credentials
  private readonly room: LoginRoom

  constructor(credentials: Credentials, room: LoginRoom) {
    this.credentials = credentials
    this.room = room
  }

  /** Whether the next frame is a token without a Kafka header. */
  get expectsBareToken(): boolean {
    return this.exchange?.bare ?? false
  }

  /** Why a request may not be made now, its connection to be closed; null where it may. */
  problem(apiKey: number, size: number): string | null {
    const inLogin = this.user === null || this.exchange !== null
    if (inLogin && size > MAX_BEFORE_LOGIN) return `a frame of ${size} bytes before the login is done`
    if (apiKey === SASL_HANDSHAKE || apiKey === SASL_AUTHENTICATE) return null
    if (inLogin) return apiKey === API_VERSIONS && !this.exchange ? null : 'a request before the login is done'
    return this.room.now() >= this.expiresAt ? 'the login has expired, and was not done anew (KIP-368)' : null
  }

  /** SaslHandshake: begins a login, the first or another one. */
  handshake(mechanism: string, version: number): Answer {
    const { mechanisms } = this.credentials.options
    const known = mechanisms.find((each) => each === mechanism)
    if (!known || this.exchange || (this.mechanism !== null && this.mechanism !== known)) {
      this.failed = true
      const error = known && this.exchange ? ILLEGAL_SASL_STATE : errorCode('UNSUPPORTED_SASL_MECHANISM')
      return { errorCode: error, mechanisms: [...mechanisms] }
    }
    this.exchange = { mechanism: known, bare: version === 0, step: this.stepper(known) }
    return { errorCode: 0, mechanisms: [...mechanisms] }
  }

  private stepper(mechanism: ServerMechanism): Exchange['step'] {
    if (mechanism === 'PLAIN') return (token) => this.plain(token)
    if (mechanism === 'OAUTHBEARER') return oauthStepper(this.room.now)
    const hash = mechanism === 'SCRAM-SHA-512' ? 'sha512' : 'sha256'
    const server = new ScramServer(hash, Buffer.from(this.room.random(24)).toString('base64url'))
    let begun = false
    const wrong = {
      refused: `Authentication failed during authentication due to invalid credentials with SASL mechanism ${mechanism}`,
    }
    return (token) => {
      if (begun) return server.finish(token) ?? wrong
      begun = true
      const answer = server.begin(token, (user) => this.credentials.scram(user, hash))
      return answer ? { answer } : wrong
    }
  }

  /** Authorization id, user and password, with zeros between (RFC 4616). */
  private plain(token: Uint8Array): Step {
    const parts = Buffer.from(token).toString().split('\0')
    const [authorization = '', user = '', password = ''] = parts
    if (parts.length !== 3) {
      return { refused: `Invalid SASL/PLAIN response: expected 3 tokens, got ${parts.length}` }
    }
    if (user === '') return { refused: 'Authentication failed: username not specified' }
    if (password === '') return { refused: 'Authentication failed: password not specified' }
    if (!this.credentials.isPassword(user, password)) {
      return { refused: 'Authentication failed: Invalid username or password' }
    }
    if (authorization !== '' && authorization !== user) {
      return { refused: 'Authentication failed: Client requested an authorization id that is different from username' }
    }
    return { answer: new Uint8Array(0), user }
  }

  /** SaslAuthenticate. */
  authenticate(token: Uint8Array): Answer {
    if (!this.exchange) {
      return {
        errorCode: ILLEGAL_SASL_STATE,
        errorMessage: 'SaslAuthenticate request received after successful authentication',
        authBytes: new Uint8Array(0),
      }
    }
    const step = this.take(token)
    if ('refused' in step) {
      return {
        errorCode: errorCode('SASL_AUTHENTICATION_FAILED'),
        errorMessage: step.refused,
        authBytes: new Uint8Array(0),
      }
    }
    const lasts = step.user !== undefined && Number.isFinite(this.expiresAt)
    // A token may name any number as its end.
    const left = Math.min(this.expiresAt - this.room.now(), Number.MAX_SAFE_INTEGER)
    const sessionLifetimeMs = lasts ? Math.max(0, Math.floor(left)) : 0
    return { errorCode: 0, errorMessage: null, authBytes: step.answer, sessionLifetimeMs }
  }

  /** A token without header, after its size: the frame to answer with, or null where the login is refused. */
  bareToken(token: Uint8Array): Uint8Array | null {
    const step = this.take(token)
    if ('refused' in step) return null
    const frame = new Uint8Array(4 + step.answer.length)
    setI32(frame, 0, step.answer.length)
    frame.set(step.answer, 4)
    return frame
  }

  private take(token: Uint8Array): Step {
    const { mechanism, step } = this.exchange!
    let taken = step(token)
    if ('user' in taken && taken.user !== undefined && this.user !== null && taken.user !== this.user) {
      taken = { refused: `Cannot change principals during re-authentication from ${this.user}` }
    }
    if ('refused' in taken) {
      this.failed = true
      return taken
    }
    if (taken.user !== undefined) {
      const { maxReauthMs } = this.credentials.options
      this.user = taken.user
      this.mechanism = mechanism
      this.exchange = null
      // What ends first: the token, or the time that all logins have (SaslServerAuthenticator.ReauthInfo).
      const { expiresAt = Number.POSITIVE_INFINITY } = taken
      this.expiresAt = maxReauthMs > 0 ? Math.min(expiresAt, this.room.now() + maxReauthMs) : expiresAt
    }
    return taken
  }
}
