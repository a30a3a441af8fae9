/**
 * OAUTHBEARER (RFC 7628, KIP-255) with unsecured tokens, as Apache Kafka takes them where no validator is configured
 * (OAuthBearerSaslServer, OAuthBearerUnsecuredValidatorCallbackHandler): a JWT without a signature names the user. It
 * proves nothing and is for development only.
 */
import { Buffer } from 'node:buffer'
import type { Step } from './sasl.ts'

/** OAuthBearerClientInitialResponse: a GS2 header, then key=value pairs, all ended by a byte 1, and another one. */
const SEPARATOR = '\x01'
const GS2_HEADER = /^n,(?:a=((?:[^=,]|=2C|=3D)+))?,$/
const PAIR = /^[A-Za-z]+=[\x21-\x7e \t\r\n]+$/
const BEARER = /^(\w+) +([-_~+/.a-zA-Z0-9]+=*)$/

export interface OauthUser {
  readonly user: string
  /** When the token expires, ms since 1970. */
  readonly expiresAt: number
}

/** The user whom an unsecured token names, or why it names none. `now` in ms since 1970. */
export function userOf(token: string, now: number): OauthUser | string {
  const parts = token.split('.')
  if (parts.length !== 3) return 'Unsecured JWS compact serializations must have 3 dot-separated values'
  const [header, claims] = parts.slice(0, 2).map(objectOf)
  if (!header || !claims) return 'malformed JSON'
  if (header.alg !== 'none') return `Unsecured JWS must have 'none' for an algorithm`
  if (parts[2] !== '') return 'Unsecured JWS must not contain a digital signature'
  const { sub, exp, iat } = claims
  if (typeof sub !== 'string' || sub === '') return 'Required claim missing: sub'
  if (typeof exp !== 'number') return 'Required claim missing: exp'
  if (iat !== undefined && typeof iat !== 'number') return 'The iat claim had the incorrect type'
  // Both in seconds.
  if (iat !== undefined && iat * 1000 > now) return 'The token was issued later than now'
  if (exp * 1000 <= now) return 'The token has expired'
  if (iat !== undefined && exp <= iat) return 'The token expires before it is issued'
  return { user: sub, expiresAt: exp * 1000 }
}

/** A part of a token: an object as JSON in base64url. */
function objectOf(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

/** The broker's side of one login. A token that is not good is answered with why, which the client confirms by a byte 1. */
export function oauthStepper(now: () => number): (token: Uint8Array) => Step {
  let told: string | null = null
  return (token) => {
    const text = Buffer.from(token).toString()
    if (told !== null && text === SEPARATOR) return { refused: told }
    told = null
    const [header = '', ...rest] = text.split(SEPARATOR)
    const match = GS2_HEADER.exec(header)
    const pairs = rest.slice(0, -2)
    if (!match || rest.length < 2 || rest.slice(-2).join('') !== '' || !pairs.every((pair) => PAIR.test(pair))) {
      return { refused: 'Invalid OAUTHBEARER client first message' }
    }
    const [, authorization = ''] = match
    const auth = pairs.find((pair) => pair.startsWith('auth='))
    const bearer = auth === undefined ? null : BEARER.exec(auth.slice('auth='.length))
    if (!bearer) return { refused: `Invalid OAUTHBEARER client first message: 'auth' not specified` }
    if (bearer[1]!.toLowerCase() !== 'bearer') {
      return { refused: 'Invalid scheme in OAUTHBEARER client first message' }
    }
    const found = userOf(bearer[2]!, now())
    if (typeof found === 'string') {
      told = '{"status":"invalid_token"}'
      return { answer: new Uint8Array(Buffer.from(told)) }
    }
    if (authorization !== '' && authorization !== found.user) {
      return {
        refused: `Authentication failed: Client requested an authorization id that is different from the token's principal name (${found.user})`,
      }
    }
    return { answer: new Uint8Array(0), ...found }
  }
}
