/** The server's side of SCRAM (RFC 5802, RFC 7677): two messages in, two out. No I/O. */
import { Buffer } from 'node:buffer'
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { xorBytes } from '../bytes/xor.ts'
import type { ScramCredential } from './settings.ts'

export type ScramHash = 'sha256' | 'sha512'

/** ScramMechanism of Apache Kafka: what a password that is kept as text is stretched with. */
export const ITERATIONS = 4096
const SALT_BYTES = 20

const digestSize = (hash: ScramHash): number => (hash === 'sha512' ? 64 : 32)

/** What is kept of a password. Takes milliseconds. */
export function credentialOf(password: string, hash: ScramHash, random: (size: number) => Uint8Array): ScramCredential {
  const salt = random(SALT_BYTES)
  const saltedPassword = pbkdf2Sync(password.normalize('NFKC'), salt, ITERATIONS, digestSize(hash), hash)
  return { iterations: ITERATIONS, salt, saltedPassword }
}

/** gs2 header without channel binding, an authorization id, then user and nonce; extensions may follow. */
const CLIENT_FIRST = /^(n,(?:a=([^,]*))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/s
const CLIENT_FINAL = /^(c=([^,]+),r=([^,]+)(?:,.*)?),p=([^,]+)$/s
/** Longer first messages are nobody's. */
const MAX_MESSAGE = 4096

/** RFC 5802, 5.1: the two characters that part the fields. */
const plainName = (name: string): string => name.replaceAll('=2C', ',').replaceAll('=3D', '=')

export class ScramServer {
  private readonly hash: ScramHash
  private readonly nonce: string
  private first: { user: string; header: string; bare: string; answer: string; nonce: string } | null = null
  private credential: ScramCredential | null = null

  /** `nonce`: printable, without commas, new for each exchange. */
  constructor(hash: ScramHash, nonce: string) {
    this.hash = hash
    this.nonce = nonce
  }

  /** Takes the client's first message and gives the answer; null where it is none, or nobody of this name is known. */
  begin(message: Uint8Array, find: (user: string) => ScramCredential | undefined): Uint8Array | null {
    if (message.length > MAX_MESSAGE) return null
    const match = CLIENT_FIRST.exec(Buffer.from(message).toString())
    if (!match) return null
    const [, header = '', authorization = '', bare = '', name = '', clientNonce = ''] = match
    const user = plainName(name)
    const credential = find(user)
    if (!credential || (authorization !== '' && plainName(authorization) !== user)) return null
    const nonce = clientNonce + this.nonce
    const answer = `r=${nonce},s=${Buffer.from(credential.salt).toString('base64')},i=${credential.iterations}`
    this.first = { user, header, bare, answer, nonce }
    this.credential = credential
    return Buffer.from(answer)
  }

  /** Takes the client's proof; gives the user and the last answer, or null where the proof is wrong. */
  finish(message: Uint8Array): { readonly user: string; readonly answer: Uint8Array } | null {
    const { first, credential, hash } = this
    const match = message.length > MAX_MESSAGE ? null : CLIENT_FINAL.exec(Buffer.from(message).toString())
    if (!first || !credential || !match) return null
    const [, bare = '', binding = '', nonce = '', proofText = ''] = match
    if (nonce !== first.nonce || Buffer.from(binding, 'base64').toString() !== first.header) return null
    const hmac = (key: Uint8Array, text: string): Buffer => createHmac(hash, key).update(text).digest()
    const digest = (key: Uint8Array): Buffer => createHash(hash).update(key).digest()
    const authMessage = `${first.bare},${first.answer},${bare}`
    const storedKey = digest(hmac(credential.saltedPassword, 'Client Key'))
    const signature = hmac(storedKey, authMessage)
    const proof = Buffer.from(proofText, 'base64')
    if (proof.length !== signature.length) return null
    const clientKey = xorBytes(proof, signature)
    if (!timingSafeEqual(digest(clientKey), storedKey)) return null
    const verifier = hmac(hmac(credential.saltedPassword, 'Server Key'), authMessage)
    return { user: first.user, answer: Buffer.from(`v=${verifier.toString('base64')}`) }
  }
}
