/** `decode` without all of `--api`, `--api-version` and `--kind`: the rest is guessed, and how sure the guess is, is said. */
import { Buffer } from 'node:buffer'
import { setI32 } from '../bytes/patch.ts'
import { i32 } from '../bytes/read.ts'
import { peekRequest } from '../codec/frame.ts'
import type { JsonObject } from '../codec/json-text.ts'
import { apiKeyOf, apiName, messageByName, messageHeader, requestMessage } from '../codec/messages.ts'
import { type Guess, type Guesses, guessMessage, type Known } from '../findings/guess.ts'
import type { DecodeInput } from './decode-input.ts'
import { InputError, messageFor, schemaName, unknownName } from './messages.ts'

/** What the command line says of the message. */
export interface Said {
  readonly api?: string | undefined
  readonly version?: number | undefined
  readonly kind?: 'request' | 'response' | undefined
  readonly form?: 'frame' | 'body' | undefined
}

export interface Guessed {
  readonly input: DecodeInput
  readonly guesses: Guesses
}

/** The likeliest message that is what was said of it. Throws InputError where there is no such message. */
export function guessInput(bytes: Uint8Array, said: Said, hints?: Known['hints']): Guessed {
  if (bytes.length === 0) throw new InputError('no bytes: of an empty body, say --api, --api-version and --kind')
  const guesses = guessMessage(bytes, { ...knownOf(said), hints })
  const [best] = guesses.guesses
  const unknown = best?.sound ? null : unknownRequest(bytes, said)
  if (unknown && (best === undefined || best.form !== 'frame' || best.kind !== 'request'))
    return { input: unknown, guesses }
  if (!best) throw new InputError(`${bytes.length} bytes: nothing that was asked for can be read from them`)
  return { input: inputOf(best, bytes), guesses }
}

function knownOf({ api, version, kind, form }: Said): Known {
  const rest = { version, kind, form }
  if (api === undefined) return rest
  const header = messageHeader(api)
  if (header) {
    const name = schemaName(api, kind)
    if (version !== undefined) messageFor(name, version)
    return { ...rest, name }
  }
  const apiKey = /^\d+$/.test(api) ? Number(api) : apiKeyOf(api)
  if (apiKey === null || apiName(apiKey) === null) throw new InputError(unknownName(api))
  if (version !== undefined) messageFor(`${apiName(apiKey)}${kind === 'response' ? 'Response' : 'Request'}`, version)
  return { ...rest, apiKey }
}

function inputOf(guess: Guess, bytes: Uint8Array): DecodeInput {
  const { form, kind, apiKey, version } = guess
  if (form === 'body' || form === 'prefixed body') {
    const message = messageByName(guess.name, version)!
    return {
      form: 'body',
      message,
      bytes: bytes.subarray(guess.prefix),
      ...(guess.prefix ? { prefix: guess.prefix } : {}),
    }
  }
  const frame = form === 'frame' ? bytes : withSize(bytes)
  const as = { kind: kind === 'request' ? kind : ('response' as const), apiKey: apiKey!, apiVersion: version }
  return { form: 'frame', as, bytes: frame, correlationId: null, request: null }
}

function withSize(bytes: Uint8Array): Uint8Array {
  const size = Buffer.alloc(4)
  setI32(size, 0, bytes.length)
  return Buffer.concat([size, bytes])
}

/** API keys and versions beyond are no newer ones but noise. */
const MAX_KEY = 1000
const MAX_NEWER_VERSION = 60

/** A whole frame whose header asks for an API or version that is newer than this program: null for anything else. */
function unknownRequest(bytes: Uint8Array, { api, kind, form }: Said): DecodeInput | null {
  if (api !== undefined || kind === 'response' || form === 'body') return null
  if (bytes.length < 12 || i32(bytes, 0) !== bytes.length - 4) return null
  const as = peekRequest(bytes)!
  if (as.apiKey < 0 || as.apiKey > MAX_KEY || as.apiVersion < 0 || as.apiVersion > MAX_NEWER_VERSION) return null
  if (requestMessage(as.apiKey, as.apiVersion)) return null
  return { form: 'frame', as, bytes, correlationId: null, request: null }
}

/** `JoinGroup v5 response`, `ConsumerProtocolSubscription v3`. */
export const guessName = (guess: Guess): string =>
  guess.kind === 'data'
    ? `${guess.name} v${guess.version}`
    : `${apiName(guess.apiKey!)} v${guess.version} ${guess.kind}`

const FORMS: Readonly<Record<Guess['form'], string>> = {
  frame: 'a frame',
  'frame without size': 'a frame without its size field (offsets count as if it were there)',
  body: 'a body alone',
  'prefixed body': 'a body behind its own numbers',
}

/** The guesses for people, best first. */
export function guessRows({ guesses, nothing }: Guesses): string[] {
  const rows = guesses.map((guess, i) => {
    const alike = guess.alike.length > 0 ? `; read alike: v${guess.alike.join(', v')}` : ''
    const broken = guess.sound ? '' : '; it does not read soundly'
    return `${i === 0 ? 'guessed ' : 'or      '} ${guess.certainty.toFixed(3)}  ${guessName(guess)}, ${FORMS[guess.form]}${alike}${broken}`
  })
  if (nothing >= 0.01) rows.push(`or       ${nothing.toFixed(3)}  nothing of Kafka's`)
  return rows
}

/** The guesses as `--json` prints them. */
export const guessJson = ({ guesses, nothing }: Guesses): JsonObject => ({
  guesses: guesses.map(({ form, kind, name, apiKey, version, alike, certainty, sound }) => ({
    certainty,
    name,
    version,
    alike: [...alike],
    kind,
    ...(apiKey === null ? {} : { apiKey, api: apiName(apiKey) }),
    form,
    sound,
  })),
  nothing,
})
