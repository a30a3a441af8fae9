/** Everything that bytes may be tried as, with what each costs before its body is read. */
import { i16, i32, uvarint, varintEnd } from '../bytes/read.ts'
import { validUtf8 } from '../bytes/utf8.ts'
import {
  messageHeader,
  messageHeaders,
  messageTable,
  requestHeaderVersion,
  responseHeaderVersion,
} from '../codec/messages.ts'
import { knownVersions, knowsVersion, modelAt } from '../schema/concretise.ts'
import type { Model } from '../schema/model.ts'
import type { TableHeader } from '../schema/table.ts'
import { integerBits, textBits } from './diagnosis/cost.ts'
import type { GuessForm } from './guess.ts'

/** What words near the bytes say: it may be wrong, so it only makes a guess cheaper. */
export interface Hints {
  readonly apiKeys?: readonly number[]
  readonly versions?: readonly number[]
  readonly kind?: 'request' | 'response' | undefined
  readonly correlationIds?: readonly number[]
  /** 0 to 1: how near the words stand. 1 where nothing is said. */
  readonly strength?: number
}

/** What is known for certain; all of it is optional. */
export interface Known {
  readonly apiKey?: number | undefined
  /** A schema's name, of data messages too. */
  readonly name?: string | undefined
  readonly version?: number | undefined
  readonly kind?: 'request' | 'response' | undefined
  readonly form?: 'frame' | 'body' | undefined
  readonly hints?: Hints | undefined
}

export interface Attempt {
  readonly form: GuessForm
  readonly model: Model
  /** Where the body begins. */
  readonly start: number
  readonly prefix: number
  /** What it costs that it is this message, and its header. */
  readonly bits: number
  /** The header or the size field is not as it should be. */
  readonly odd: boolean
  readonly unstable: boolean
}

/** Bits for each form: dumps are mostly of frames, and of the messages of clients. */
const FORM_BITS = { frame: 1, 'frame without size': 4, 'body request': 5, 'body response': 4, data: 8 } as const
/** A size field that does not count what follows: a frame cut or copied short. */
const WRONG_SIZE = 24
/** Bytes that begin with their own size although they are no frame. */
const SIZE_BY_CHANCE = 16

/**
 * Bits by API key: what clients send all the time, what they send when they come and go, transactions and the commonest
 * administration. Answers of several APIs look the same; then the commoner one is likelier.
 */
const API_BITS = new Map<number, number>()
for (const [bits, keys] of [
  [3, [0, 1, 12]],
  [4, [2, 3, 8, 9, 10, 11, 13, 14, 18]],
  [6, [15, 16, 17, 19, 20, 22, 24, 25, 26, 28, 32, 36, 60, 68]],
] as const) {
  for (const key of keys) API_BITS.set(key, bits)
}
const RARE_BITS = 8.5

/** That a message is another than the words beside it say: seldom, but they may be about something else. */
const OTHER_API = 14
const OTHER_VERSION = 8
const OTHER_KIND = 6

const models = new Map<TableHeader, Map<number, Model>>()

function modelOf(header: TableHeader, version: number): Model {
  const versions = models.get(header) ?? new Map<number, Model>()
  models.set(header, versions)
  const model = versions.get(version) ?? modelAt(messageTable(header.name)!, version)
  versions.set(version, model)
  return model
}

/** What it costs that a message is this one, before a byte of it is seen. */
function messageBits(header: TableHeader, version: number, { hints }: Known): number {
  let bits = header.kind === 'data' ? 4 : (API_BITS.get(header.apiKey!) ?? RARE_BITS)
  const { apiKeys = [], versions = [], kind, strength = 1 } = hints ?? {}
  if (apiKeys.length > 0)
    bits = apiKeys.includes(header.apiKey ?? -1) && header.kind !== 'data' ? 1 : bits + strength * OTHER_API
  if (versions.length > 0) bits += versions.includes(version) ? 0.5 : strength * OTHER_VERSION
  else bits += Math.log2(knownVersions(header).length)
  if (kind && header.kind !== kind) bits += strength * OTHER_KIND
  return bits
}

function correlationBits(id: number, { hints }: Known): number {
  const ids = hints?.correlationIds ?? []
  if (ids.includes(id)) return 1
  return integerBits(id, 4, false) + (ids.length > 0 ? 4 : 0)
}

const allows = (known: Known, { kind, apiKey, name }: Pick<TableHeader, 'kind' | 'apiKey' | 'name'>): boolean =>
  (known.kind === undefined || known.kind === kind) &&
  (known.apiKey === undefined || (known.apiKey === apiKey && kind !== 'data')) &&
  (known.name === undefined || known.name === name)

const versionsOf = (header: TableHeader, { version }: Known): number[] =>
  version === undefined ? knownVersions(header) : knowsVersion(header, version) ? [version] : []

const sizeFits = (bytes: Uint8Array): boolean => bytes.length >= 8 && i32(bytes, 0) === bytes.length - 4

/** Request frames: their header says what they are. */
export function* requestAttempts(bytes: Uint8Array, known: Known): Generator<Attempt> {
  if (known.form === 'body') return
  const fits = sizeFits(bytes)
  for (const at of [4, 0] as const) {
    if (bytes.length < at + 8 || (at === 0 && fits)) continue
    const form = at === 4 ? 'frame' : 'frame without size'
    const size = at === 0 || fits ? 0 : WRONG_SIZE
    for (const header of requestHeaders(bytes, at, known)) {
      yield { ...header, form, bits: header.bits + FORM_BITS[form] + size, odd: header.odd || size > 0 }
    }
  }
}

const requests = new Map(messageHeaders('request').map((header) => [header.apiKey!, header]))

type Header = Omit<Attempt, 'form'>

/**
 * The header that belongs to the API and version that the bytes name, and, odd ones, those that an encoder may have
 * written instead: of another version, or with a compact client id.
 */
function* requestHeaders(bytes: Uint8Array, at: number, known: Known): Generator<Header> {
  const table = requests.get(i16(bytes, at))
  const version = i16(bytes, at + 2)
  if (!table || !knowsVersion(table, version) || !allows(known, table)) return
  if (known.version !== undefined && known.version !== version) return
  const own = requestHeaderVersion(table.apiKey!, version)
  const bits = messageBits(table, version, known) + correlationBits(i32(bytes, at + 4), known)
  const model = modelOf(table, version)
  for (const headerVersion of [0, 1, 2, COMPACT_CLIENT_ID]) {
    const rest = clientAndTags(bytes, at + 8, headerVersion)
    if (!rest) continue
    const odd = headerVersion !== own
    yield { model, start: rest.end, prefix: 0, bits: bits + rest.bits + (odd ? ODD_HEADER : 0), odd, unstable: false }
  }
}

const COMPACT_CLIENT_ID = 3
const ODD_HEADER = 14

/** What comes after a request's correlation id, from `at`: where it ends and what it costs; null where it can't be. */
function clientAndTags(bytes: Uint8Array, at: number, headerVersion: number): { end: number; bits: number } | null {
  if (headerVersion === 0) return { end: at, bits: 0 }
  const compact = headerVersion === COMPACT_CLIENT_ID
  if (!compact && at + 2 > bytes.length) return null
  const length = compact ? uvarint(bytes, at, bytes.length) - 1 : i16(bytes, at)
  const start = compact ? varintEnd : at + 2
  if (length > bytes.length - start || length < -1) return null
  const end = start + Math.max(0, length)
  const bits = length < 0 ? 2 : textBits(bytes.subarray(start, end), validUtf8(bytes, start, end))
  if (headerVersion === 1) return { end, bits }
  const tags = tagsEnd(bytes, end)
  return tags === null ? null : { end: tags, bits: bits + 8 * (tags - end - 1) }
}

/** Where a tag buffer ends; null where it makes no sense. */
function tagsEnd(bytes: Uint8Array, at: number): number | null {
  const { length } = bytes
  const count = uvarint(bytes, at, length)
  if (count < 0 || count > 8) return null
  let p = varintEnd
  for (let i = 0; i < count; i++) {
    if (uvarint(bytes, p, length) < 0) return null
    const size = uvarint(bytes, varintEnd, length)
    p = varintEnd + size
    if (size < 0 || p > length) return null
  }
  return p
}

/** Response frames of every API: of themselves they say only a correlation id. */
export function* responseAttempts(bytes: Uint8Array, known: Known): Generator<Attempt> {
  if (known.form === 'body' || known.kind === 'request') return
  const fits = sizeFits(bytes)
  for (const at of fits ? ([4] as const) : ([4, 0] as const)) {
    if (bytes.length < at + 4) continue
    const form: GuessForm = at === 4 ? 'frame' : 'frame without size'
    const size = at === 0 || fits ? 0 : WRONG_SIZE
    const bits = FORM_BITS[form] + size + correlationBits(i32(bytes, at), known)
    const tags = tagsEnd(bytes, at + 4)
    for (const header of messageHeaders('response')) {
      if (!allows(known, header)) continue
      for (const version of versionsOf(header, known)) {
        const own = responseHeaderVersion(header.apiKey!, version)
        const common = { form, model: modelOf(header, version), prefix: 0, unstable: unstable(header, version) }
        const cost = bits + messageBits(header, version, known)
        for (const headerVersion of [0, 1]) {
          const start = headerVersion === 0 ? at + 4 : tags
          if (start === null) continue
          const odd = headerVersion !== own
          const extra = (odd ? ODD_HEADER : 0) + (headerVersion === 0 ? 0 : 8 * (start - at - 5))
          yield { ...common, start, bits: cost + extra, odd: odd || size > 0 }
        }
      }
    }
  }
}

const unstable = (header: TableHeader, version: number): boolean =>
  header.latestUnstable && version === header.versions.high

/** Bodies alone: of responses, of requests, and of data messages with and without what stands in front of them. */
export function* unframedAttempts(bytes: Uint8Array, known: Known): Generator<Attempt> {
  if (known.form === 'frame') return
  const chance = sizeFits(bytes) ? SIZE_BY_CHANCE : 0
  for (const kind of ['response', 'request', 'data'] as const) {
    for (const header of messageHeaders(kind)) {
      if (!allows(known, header)) continue
      for (const version of versionsOf(header, known)) {
        const form = kind === 'data' ? FORM_BITS.data : FORM_BITS[`body ${kind}`]
        const cost = form + messageBits(header, version, known) + chance
        const common = { model: modelOf(header, version), odd: false, unstable: unstable(header, version) }
        yield { ...common, form: 'body', start: 0, prefix: 0, bits: cost }
        const prefix = kind === 'data' ? prefixSize(bytes, header, version) : 0
        if (prefix > 0) yield { ...common, form: 'prefixed body', start: prefix, prefix, bits: cost - 3 }
      }
    }
  }
}

/**
 * Bytes of the numbers in front of a data message that say it is this one at this version: an int16, or three varints (frame
 * version 1, type, version) before a record of the metadata log; 0 where they do not say so.
 */
function prefixSize(bytes: Uint8Array, header: TableHeader, version: number): number {
  const { name, apiKey } = header
  if (hasInt16Prefix(name)) {
    if (bytes.length < 2) return 0
    const number = i16(bytes, 0)
    const wanted = name.endsWith('Key') ? apiKey : version
    return number === wanted ? 2 : 0
  }
  if (apiKey === null || !name.endsWith('Record')) return 0
  let at = 0
  for (const wanted of [1, apiKey, version]) {
    if (uvarint(bytes, at, bytes.length) !== wanted) return 0
    at = varintEnd
  }
  return at
}

/** Data messages that stand behind an int16 on the wire: their version, or, of a coordinator's key, its type. */
export const hasInt16Prefix = (name: string): boolean =>
  /^ConsumerProtocol(?:Subscription|Assignment)$|^DefaultPrincipalData$|(?:Key|Value)$/.test(name) &&
  messageHeader(name)?.kind === 'data'
