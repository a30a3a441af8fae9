/**
 * A connection on which any API can be called at any version: requests given as values, answers read strictly. What
 * goes over it can also be whole frames (`raw`) or any bytes (`wire`).
 */
import { type Encodable, encodeFrame } from '../codec/encode.ts'
import { decodeFrame } from '../codec/frame.ts'
import type { JsonObject } from '../codec/json-text.ts'
import { apiKeyOf, apiName, frameHeader, requestHeaderVersion, requestMessage } from '../codec/messages.ts'
import { type Flaw, Run } from '../codec/run.ts'
import { type BytesHook, valueAt } from '../codec/value.ts'
import { ClientError } from './errors.ts'
import { authenticate, type SaslOptions } from './sasl.ts'
import type { Address } from './socket.ts'
import { type Advertised, chooseVersion, type Pins, type VersionRange } from './versions.ts'
import { type Await, Wire, type WireOptions } from './wire.ts'

export interface ConnectionOptions extends WireOptions {
  /** Default `kafkascope`. */
  readonly clientId?: string | null | undefined
  readonly sasl?: SaslOptions | null | undefined
  /** Versions to speak by API key, whatever the broker advertises. */
  readonly pins?: Pins | undefined
  /** False: the broker is not asked what it knows; every request then names its version, or gets the highest known. */
  readonly askVersions?: boolean | undefined
}

export interface CallOptions {
  /** Default: the pinned one, else the highest that both sides know. */
  readonly version?: number | undefined
  /** The highest version to choose. */
  readonly most?: number | undefined
  readonly timeoutMs?: number | undefined
  /** Produce with acks 0: the broker sends no answer. */
  readonly noAnswer?: boolean | undefined
}

/** Fields by name, as the schema has them; bytes and records are views of the frame. */
export type Body = { readonly [field: string]: unknown }

export interface Answer<B = Body> {
  readonly api: string
  readonly version: number
  readonly body: B
  /** With its size field. */
  readonly frame: Uint8Array
  /** What a lenient reader passes over: bytes after the end, tags out of order. None in a sound answer. */
  readonly flaws: readonly Flaw[]
}

const API_VERSIONS = 18
const UNSUPPORTED_VERSION = 35

/** What this program says that it is, in ApiVersions requests. */
export const SOFTWARE = { clientSoftwareName: 'kafkascope', clientSoftwareVersion: '0.1.0' }

/** Answers are turned into values at once, so that one span table does for all. */
const run = new Run()

export class Connection {
  readonly wire: Wire
  /** What the broker advertises; null where it was not asked. */
  advertised: Advertised | null = null
  private readonly options: ConnectionOptions
  private lastCorrelationId = 0

  private constructor(wire: Wire, options: ConnectionOptions) {
    this.wire = wire
    this.options = options
  }

  /** Connects, asks for the broker's versions, logs in. Rejects with ClientError. */
  static async open(address: Address, options: ConnectionOptions = {}): Promise<Connection> {
    const connection = new Connection(await Wire.open(address, options), options)
    try {
      if (options.askVersions ?? true) connection.advertised = await connection.askVersions()
      if (options.sasl) await authenticate(connection, options.sasl)
    } catch (error) {
      connection.close()
      throw error
    }
    return connection
  }

  /** `host:port` */
  get broker(): string {
    return this.wire.broker
  }

  get open(): boolean {
    return this.wire.open
  }

  close(): void {
    this.wire.close()
  }

  /** The correlation id of the next request; they ascend from 1. */
  nextCorrelationId(): number {
    this.lastCorrelationId = (this.lastCorrelationId + 1) & 0x7fffffff
    return this.lastCorrelationId
  }

  /** The version that `call` would speak. Throws a ClientError of kind `version`. */
  versionOf(api: string | number, { version, most }: CallOptions = {}): number {
    const apiKey = keyOf(api)
    const chosen = version ?? chooseVersion(apiKey, this.advertised, this.options.pins, most)
    if (chosen !== null) return chosen
    const range = this.advertised?.get(apiKey)
    const offers = range ? `offers v${range.min} to v${range.max}` : 'does not offer it'
    throw new ClientError('version', `no version in common: the broker ${offers}`, {
      broker: this.broker,
      request: nameOf(apiKey),
    })
  }

  /**
   * Encodes a whole request frame. Throws codec's EncodeError, and a ClientError of kind `version` for a version that
   * this program does not know.
   */
  encode(api: string | number, version: number, body: Encodable, correlationId: number): Uint8Array {
    const apiKey = keyOf(api)
    const message = requestMessage(apiKey, version)
    if (!message) {
      const request = `${nameOf(apiKey)} v${version}`
      throw new ClientError('version', 'this program does not know the version', { broker: this.broker, request })
    }
    const header = frameHeader('request', requestHeaderVersion(apiKey, version))
    const { clientId = 'kafkascope' } = this.options
    const value = { requestApiKey: apiKey, requestApiVersion: version, correlationId, clientId }
    return encodeFrame(header.model, value, message.model, body)
  }

  /**
   * Sends a request and resolves with its answer; many may be under way at once. The type says what the caller knows
   * of the schema. Rejects with ClientError (`decode` where the answer's bytes do not fit), EncodeError.
   */
  async call<B = Body>(api: string | number, body: Encodable, options: CallOptions = {}): Promise<Answer<B>> {
    const apiKey = keyOf(api)
    const version = this.versionOf(apiKey, options)
    const correlationId = this.nextCorrelationId()
    const frame = this.encode(apiKey, version, body, correlationId)
    const request = `${nameOf(apiKey)} v${version}`
    if (options.noAnswer) {
      this.wire.write(frame)
      return { api: nameOf(apiKey), version, body: {} as B, frame: new Uint8Array(0), flaws: [] }
    }
    const answer = await this.wire.exchange(frame, { request, correlationId, timeoutMs: options.timeoutMs })
    return this.read<B>(apiKey, version, answer)
  }

  /** Sends a whole request frame as it is and resolves with whatever frame comes back. */
  raw(frame: Uint8Array, wanted: Await = {}): Promise<Uint8Array> {
    return this.wire.exchange(frame, wanted)
  }

  /** Reads an answer's frame. Throws a ClientError of kind `decode` where its bytes are not those of the version. */
  read<B = Body>(api: string | number, version: number, frame: Uint8Array): Answer<B> {
    const apiKey = keyOf(api)
    const decoded = decodeFrame(frame, { kind: 'response', apiKey, apiVersion: version }, run)
    if (decoded.stopped || decoded.bodyLine < 0) {
      const [flaw] = decoded.flaws.filter(({ fatal }) => fatal)
      const where = flaw ? `${flaw.code} at byte ${flaw.offset} of ${frame.length}` : 'there is no body'
      throw new ClientError('decode', `the answer can't be read: ${where}`, {
        broker: this.broker,
        request: `${nameOf(apiKey)} v${version}`,
        frame,
      })
    }
    const views: BytesHook = (_line, _node, start, end) => frame.subarray(start, end)
    // The tables vouch for the shape: a caller's type names fields as they do.
    const body = valueAt(frame, decoded.table, decoded.bodyLine, views) as JsonObject as unknown as B
    return { api: nameOf(apiKey), version, body, frame, flaws: [...decoded.flaws] }
  }

  /** KIP-511: a broker that does not know the version asked for answers with v0, which all can read. */
  private async askVersions(): Promise<Advertised> {
    const version = chooseVersion(API_VERSIONS, null, this.options.pins)!
    const asked = await this.versionsAnswer(version)
    const { errorCode, apiKeys } = asked
    if (errorCode !== UNSUPPORTED_VERSION) return rangesOf(apiKeys)
    const theirs = rangesOf(apiKeys).get(API_VERSIONS)
    const again = await this.versionsAnswer(chooseVersion(API_VERSIONS, rangesOf(apiKeys)) ?? theirs?.max ?? 0)
    return rangesOf(again.apiKeys)
  }

  private async versionsAnswer(version: number): Promise<VersionsBody> {
    const correlationId = this.nextCorrelationId()
    const frame = this.encode(API_VERSIONS, version, SOFTWARE, correlationId)
    const answer = await this.wire.exchange(frame, { request: `ApiVersions v${version}`, correlationId })
    const first = decodeFrame(answer, { kind: 'response', apiKey: API_VERSIONS, apiVersion: version })
    if (!first.stopped) return this.read<VersionsBody>(API_VERSIONS, version, answer).body
    return this.read<VersionsBody>(API_VERSIONS, 0, answer).body
  }
}

/** Of an ApiVersions answer, as far as it is read. */
export interface VersionsBody {
  readonly errorCode: number
  readonly apiKeys: readonly { readonly apiKey: number; readonly minVersion: number; readonly maxVersion: number }[]
}

export const rangesOf = (apiKeys: VersionsBody['apiKeys']): Map<number, VersionRange> =>
  new Map(apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { min: minVersion, max: maxVersion }]))

const nameOf = (apiKey: number): string => apiName(apiKey) ?? `API ${apiKey}`

/** By name or number. Throws an Error for a name that is none: that is the caller's mistake. */
function keyOf(api: string | number): number {
  if (typeof api === 'number') return api
  const key = apiKeyOf(api)
  if (key === null) throw new Error(`there is no API ${api}`)
  return key
}
