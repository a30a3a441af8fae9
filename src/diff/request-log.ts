/**
 * What a broker's `kafka.request.logger` wrote: a line for each request it has answered, with both messages as JSON
 * (kafka.network.RequestConvertToJson). It has no bytes, of records only their size, and of SASL no tokens.
 */
import { isObject, type JsonObject, type JsonValue, parseJson } from '../codec/json-text.ts'
import { apiName } from '../codec/messages.ts'
import type { Item, MessageKind, Side } from './model.ts'

export interface RequestLine {
  /** The JSON of the line. */
  readonly text: string
  /** `127.0.0.1:9092-127.0.0.1:51234-0` */
  readonly connection: string
  readonly apiKey: number
  readonly api: string
  readonly apiVersion: number
  readonly clientId: string | null
}

/** Null for a line that is of something else. Never throws. */
export function parseRequestLine(line: string): RequestLine | null {
  const start = line.indexOf('{')
  const end = line.lastIndexOf('}')
  if (start < 0 || end < start || !line.includes('"requestHeader"')) return null
  const text = line.slice(start, end + 1)
  try {
    const json = parseJson(text)
    if (!isObject(json) || !isObject(json.requestHeader)) return null
    const { requestApiKey, requestApiVersion, clientId, requestApiKeyName } = json.requestHeader
    if (typeof requestApiKey !== 'number' || typeof requestApiVersion !== 'number') return null
    return {
      text,
      connection: typeof json.connection === 'string' ? json.connection : '',
      apiKey: requestApiKey,
      api: apiName(requestApiKey) ?? String(requestApiKeyName ?? requestApiKey),
      apiVersion: requestApiVersion,
      clientId: typeof clientId === 'string' ? clientId : null,
    }
  } catch {
    return null
  }
}

export class LogItem implements Item {
  readonly id: number
  readonly connection: number
  readonly time = 0
  readonly noResponse = null
  readonly findings = []
  readonly mechanism = null
  private readonly line: RequestLine

  constructor(line: RequestLine, id: number, connection: number) {
    this.line = line
    this.id = id
    this.connection = connection
  }

  get apiKey(): number {
    return this.line.apiKey
  }

  get api(): string {
    return this.line.api
  }

  get apiVersion(): number {
    return this.line.apiVersion
  }

  get clientId(): string | null {
    return this.line.clientId
  }

  get size(): number {
    return this.line.text.length
  }

  side(kind: MessageKind): Side | null {
    const json = parseJson(this.line.text) as JsonObject
    const body = json[kind]
    if (body === undefined || body === null || body === '') return null
    const header = kind === 'request' ? headerOf(json.requestHeader as JsonObject) : null
    return { ...NO_BYTES, json: { header, body } }
  }
}

const NO_BYTES = { size: 0, shown: null, raw: null, stopped: false, secrets: [], leaves: () => [] } as const

/** The log names the API besides. */
function headerOf({ requestApiKeyName, ...header }: JsonObject): JsonObject {
  return header
}

/** The wire's exchange as a log would have it. */
export class AsLogged implements Item {
  private readonly item: Item

  constructor(item: Item) {
    this.item = item
  }

  get id(): number {
    return this.item.id
  }

  get connection(): number {
    return this.item.connection
  }

  get clientId(): string | null {
    return this.item.clientId
  }

  get apiKey(): number {
    return this.item.apiKey
  }

  get api(): string {
    return this.item.api
  }

  get apiVersion(): number {
    return this.item.apiVersion
  }

  get time(): number {
    return this.item.time
  }

  get size(): number {
    return this.item.size
  }

  get mechanism(): string | null {
    return this.item.mechanism
  }

  readonly noResponse = null
  readonly findings = []

  side(kind: MessageKind): Side | null {
    const side = this.item.side(kind)
    if (!side) return null
    const header = kind === 'request' ? (side.json.header ?? null) : null
    return { ...side, json: { header, body: logged(side.json.body ?? null) } }
  }
}

/** Records by their size, tokens left out, as RequestConvertToJson does; unknown tags are not in it. */
function logged(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(logged)
  if (!isObject(value)) return value
  const made: JsonObject = {}
  for (const [key, inner] of Object.entries(value)) {
    if (key === '_unknownTaggedFields') continue
    if (key === 'records') made.recordsSizeInBytes = typeof inner === 'string' ? base64Size(inner) : 0
    else made[key] = key === 'authBytes' ? '' : logged(inner)
  }
  return made
}

const base64Size = (text: string): number => Math.floor((text.length * 3) / 4) - (/=*$/.exec(text)?.[0].length ?? 0)
