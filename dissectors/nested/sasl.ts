/**
 * What SASL tokens say, and which of their bytes are secret. PLAIN: RFC 4616. SCRAM: RFC 5802, with Kafka's extensions
 * (ScramMessages of kafka-clients). OAUTHBEARER: RFC 7628. Other mechanisms' tokens are opaque, so all of it is secret.
 */
import { latin1 } from '../../src/bytes/latin1.ts'
import { text } from '../../src/bytes/utf8.ts'

export interface SaslToken {
  /** As told, or as guessed from the token: `PLAIN`, `SCRAM-SHA-256`, `SCRAM` where the hash is not known. */
  readonly mechanism: string
  readonly step: string
  readonly user: string | null
  /** What it says, in the order it says it; secrets too. */
  readonly fields: Readonly<Record<string, string | number>>
  /** Offsets of secret bytes: from, end. */
  readonly secrets: readonly (readonly [number, number])[]
}

/** A token longer than this is not looked into: real ones have a few kilobytes at most. */
const MAX_TOKEN = 64 * 1024

/**
 * Reads a token. `sender` is whose it is. Null where it is not a token of the mechanism, or, with `mechanism` null,
 * not clearly one of any that is known: then all of it has to pass for secret.
 */
export function readSasl(
  bytes: Uint8Array,
  start: number,
  end: number,
  sender: 'client' | 'server',
  mechanism: string | null,
): SaslToken | null {
  if (end <= start || end - start > MAX_TOKEN) return null
  const token: Token = { bytes, start, text: latin1(bytes, start, end) }
  const readers = mechanism === null ? [...READERS] : [[mechanism, READERS.get(family(mechanism))] as const]
  for (const [name, reader] of readers) {
    const found = reader?.[sender](token)
    if (found) return { ...found, mechanism: name }
  }
  return null
}

interface Token {
  readonly bytes: Uint8Array
  readonly start: number
  /** A character a byte: what is shown is decoded from the bytes. */
  readonly text: string
}

type Reader = (token: Token) => Omit<SaslToken, 'mechanism'> | null

const family = (mechanism: string): string => (mechanism.startsWith('SCRAM-') ? 'SCRAM' : mechanism)

/** Characters `from` to `to` of a token as text. */
const part = (token: Token, from: number, to: number): string => text(token.bytes, token.start + from, token.start + to)

const utf8 = (latin: string): string => Buffer.from(latin, 'latin1').toString('utf8')

function plainClient(token: Token): ReturnType<Reader> {
  const one = token.text.indexOf('\0')
  const two = token.text.indexOf('\0', one + 1)
  if (one < 0 || two < 0 || two === one + 1) return null
  const user = part(token, one + 1, two)
  const length = token.text.length
  return {
    step: 'credentials',
    user,
    fields: { authorizationId: part(token, 0, one), user, password: part(token, two + 1, length) },
    secrets: [[token.start + two + 1, token.start + length]],
  }
}

const CLIENT_FIRST = /^(?:[ny]|p=[\w.-]+),(?:a=([^,]*))?,(?:m=[^,]*,)?n=([^,]*),r=([^,]*)((?:,[A-Za-z]+=[^,]*)*)$/
const CLIENT_FINAL = /^c=([^,]*),r=([^,]*)/
const SERVER_FIRST = /^r=([^,]*),s=([^,]*),i=(\d{1,9})(?:,[A-Za-z]+=[^,]*)*$/

/** A saslname: `=2C` is a comma, `=3D` an equals sign. */
const saslName = (name: string): string => utf8(name).replace(/=2C/gi, ',').replace(/=3D/gi, '=')

function scramClient(token: Token): ReturnType<Reader> {
  const first = CLIENT_FIRST.exec(token.text)
  if (first) {
    const [, authorizationId, name, nonce, extensions] = first
    const user = saslName(name!)
    return {
      step: 'client-first',
      user,
      fields: {
        ...(authorizationId ? { authorizationId: saslName(authorizationId) } : {}),
        user,
        nonce: utf8(nonce!),
        ...(extensions ? { extensions: utf8(extensions.slice(1)) } : {}),
      },
      secrets: [],
    }
  }
  const final = CLIENT_FINAL.exec(token.text)
  const proof = final ? token.text.indexOf(',p=', final[0].length) : -1
  if (!final || proof < 0) return null
  const length = token.text.length
  return {
    step: 'client-final',
    user: null,
    fields: { channelBinding: utf8(final[1]!), nonce: utf8(final[2]!), proof: part(token, proof + 3, length) },
    secrets: [[token.start + proof + 3, token.start + length]],
  }
}

function scramServer(token: Token): ReturnType<Reader> {
  const first = SERVER_FIRST.exec(token.text)
  const length = token.text.length
  if (first) {
    const fields = { nonce: utf8(first[1]!), salt: utf8(first[2]!), iterations: Number(first[3]) }
    return { step: 'server-first', user: null, fields, secrets: [] }
  }
  const value = part(token, 2, length)
  if (token.text.startsWith('e=')) return { step: 'server-final', user: null, fields: { error: value }, secrets: [] }
  if (!token.text.startsWith('v=')) return null
  return {
    step: 'server-final',
    user: null,
    fields: { signature: value },
    secrets: [[token.start + 2, token.start + length]],
  }
}

/** `n,a=NAME,` and then key=value pairs, each behind a 0x01 byte: `auth=Bearer TOKEN` and extensions (KIP-342). */
function bearerClient(token: Token): ReturnType<Reader> {
  // After the server said why it refuses, the client ends with a single 0x01.
  if (token.text === '\x01') return { step: 'client-abort', user: null, fields: {}, secrets: [] }
  const head = /^n,(?:a=([^,]*))?,/.exec(token.text)
  if (!head || token.text[head[0].length] !== '\x01' || !token.text.endsWith('\x01\x01')) return null
  const fields: Record<string, string> = {}
  const secrets: [number, number][] = []
  if (head[1]) fields.authorizationId = saslName(head[1])
  let from = head[0].length + 1
  for (const pair of token.text.slice(from, -2).split('\x01')) {
    const mark = /^auth=Bearer +/i.exec(pair)
    const equals = pair.indexOf('=')
    if (mark) {
      fields.token = part(token, from + mark[0].length, from + pair.length)
      secrets.push([token.start + from + mark[0].length, token.start + from + pair.length])
    } else if (equals > 0) fields[`extension ${utf8(pair.slice(0, equals))}`] = utf8(pair.slice(equals + 1))
    else return null
    from += pair.length + 1
  }
  return secrets.length === 1 ? { step: 'client-first', user: fields.authorizationId ?? null, fields, secrets } : null
}

/** Why the token was refused, as JSON. */
function bearerServer(token: Token): ReturnType<Reader> {
  if (!token.text.startsWith('{')) return null
  const error = part(token, 0, token.text.length)
  return { step: 'server-error', user: null, fields: { error }, secrets: [] }
}

/** A map, since names of mechanisms come from the wire. */
const READERS: ReadonlyMap<string, Readonly<Record<'client' | 'server', Reader>>> = new Map([
  ['SCRAM', { client: scramClient, server: scramServer }],
  ['OAUTHBEARER', { client: bearerClient, server: bearerServer }],
  // A server that takes a password has nothing to say.
  ['PLAIN', { client: plainClient, server: () => null }],
])
