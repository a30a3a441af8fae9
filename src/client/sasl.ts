/**
 * Logging in: SASL PLAIN (RFC 4616) and SCRAM-SHA-256 and -512 (RFC 5802, RFC 7677), in SaslAuthenticate requests
 * (KIP-152), or bare after a handshake of v0 (KIP-43).
 */
import { Buffer } from 'node:buffer'
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { errorName } from '../../dissectors/errors.ts'
import { setI32 } from '../bytes/patch.ts'
import { xorBytes } from '../bytes/xor.ts'
import type { Connection } from './connection.ts'
import { ClientError } from './errors.ts'

export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'

export interface SaslOptions {
  readonly mechanism: SaslMechanism
  readonly username: string
  readonly password: string
}

/** Iterations that a broker may ask for: Kafka's own limit is 16384, and each takes time here. */
const MAX_ITERATIONS = 1_000_000

/** Sends a token and resolves with the broker's. */
type Send = (token: Uint8Array) => Promise<Uint8Array>

interface HandshakeBody {
  readonly errorCode: number
  readonly mechanisms: readonly string[]
}
interface AuthenticateBody {
  readonly errorCode: number
  readonly authBytes: Uint8Array
}

/** Logs a new connection in. Rejects with a ClientError, of kind `auth` where the broker refuses. */
export async function authenticate(connection: Connection, options: SaslOptions): Promise<void> {
  const { mechanism } = options
  const refuse = (problem: string, request = 'SaslAuthenticate'): never => {
    throw new ClientError('auth', problem, { broker: connection.broker, request })
  }
  const { body, version } = await connection.call<HandshakeBody>('SaslHandshake', { mechanism })
  if (body.errorCode !== 0) refuse(`${mechanism} is refused: ${errorName(body.errorCode)}`, 'SaslHandshake')
  const send: Send =
    version === 0
      ? (token) => bare(connection, token)
      : async (authBytes) => {
          const answer = await connection.call<AuthenticateBody>('SaslAuthenticate', { authBytes })
          const { errorCode } = answer.body
          if (errorCode !== 0) refuse(`the login is refused: ${errorName(errorCode)}`)
          return answer.body.authBytes
        }
  if (mechanism === 'PLAIN') await send(Buffer.from(`\0${options.username}\0${options.password}`))
  else await scram(options, send, refuse)
}

/** A token with its int32 length in front, as is the answer. */
async function bare(connection: Connection, token: Uint8Array): Promise<Uint8Array> {
  const frame = new Uint8Array(4 + token.length)
  setI32(frame, 0, token.length)
  frame.set(token, 4)
  return (await connection.raw(frame, { request: 'SASL token' })).subarray(4)
}

async function scram(options: SaslOptions, send: Send, refuse: (problem: string) => never): Promise<void> {
  const { username, password, mechanism } = options
  const hash = mechanism === 'SCRAM-SHA-512' ? 'sha512' : 'sha256'
  const nonce = randomBytes(18).toString('base64')
  // RFC 5802, 5.1: the two characters that part the fields.
  const name = username.replaceAll('=', '=3D').replaceAll(',', '=2C')
  const firstBare = `n=${name},r=${nonce}`
  const serverFirst = Buffer.from(await send(Buffer.from(`n,,${firstBare}`))).toString()
  const { r: theirNonce = '', s: salt = '', i: rounds = '' } = attributesOf(serverFirst)
  if (!theirNonce.startsWith(nonce) || theirNonce === nonce) refuse("the broker's nonce does not go on from ours")
  const iterations = Number(rounds)
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS) {
    refuse('the broker asks for an impossible number of iterations')
  }
  const size = hash === 'sha512' ? 64 : 32
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), iterations, size, hash)
  const hmac = (key: Uint8Array, text: string): Buffer => createHmac(hash, key).update(text).digest()
  const clientKey = hmac(salted, 'Client Key')
  const storedKey = createHash(hash).update(clientKey).digest()
  // `biws` is the base64 of `n,,`: no channel binding.
  const finalBare = `c=biws,r=${theirNonce}`
  const authMessage = `${firstBare},${serverFirst},${finalBare}`
  const signature = hmac(storedKey, authMessage)
  const proof = Buffer.from(xorBytes(clientKey, signature))
  const serverFinal = Buffer.from(await send(Buffer.from(`${finalBare},p=${proof.toString('base64')}`))).toString()
  const { v: verifier = '', e: problem } = attributesOf(serverFinal)
  if (problem !== undefined) refuse('the login is refused: the broker found the proof wrong')
  const expected = hmac(hmac(salted, 'Server Key'), authMessage)
  const given = Buffer.from(verifier, 'base64')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    refuse("the broker's signature is wrong: it does not know the password")
  }
}

/** `r=...,s=...,i=4096`: the values by their letter. */
const attributesOf = (text: string): Partial<Record<string, string>> =>
  Object.fromEntries(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]))
