/** Every message there is, by name and by API key; compiled on first use. */
import { MESSAGE_TABLES } from '../../dissectors/messages/index.ts'
import { knowsVersion, modelAt } from '../schema/concretise.ts'
import type { MessageKind, MessageTable, Model } from '../schema/model.ts'
import { readHeaders, readTable, type TableHeader } from '../schema/table.ts'
import { includes } from '../schema/versions.ts'
import { type CompiledMessage, compileMessage } from './compile.ts'

interface Entry {
  header: TableHeader
  table: MessageTable | null
  compiled: (CompiledMessage | undefined)[]
}

const byName = new Map<string, Entry>()
const requests: Entry[] = []
const responses: Entry[] = []

for (const text of MESSAGE_TABLES) {
  for (const header of readHeaders(text)) {
    const entry: Entry = { header, table: null, compiled: [] }
    byName.set(header.name, entry)
    if (header.kind === 'request') requests[header.apiKey!] = entry
    if (header.kind === 'response') responses[header.apiKey!] = entry
  }
}

/** Highest version a schema can have; anything above is no version but noise. */
const MAX_VERSION = 32767

function compile(entry: Entry | undefined, version: number): CompiledMessage | null {
  if (!entry || version < 0 || version > MAX_VERSION || !knowsVersion(entry.header, version)) return null
  entry.compiled[version] ??= compileMessage(modelAt(table(entry), version))
  return entry.compiled[version]
}

function table(entry: Entry): MessageTable {
  entry.table ??= readTable(entry.header)
  return entry.table
}

/** What is known of a message's versions without reading its fields; null for a name that is unknown. */
export const messageHeader = (name: string): TableHeader | null => byName.get(name)?.header ?? null

/** The whole table of a message; null for a name that is unknown. */
export function messageTable(name: string): MessageTable | null {
  const entry = byName.get(name)
  return entry ? table(entry) : null
}

/** All messages of a kind, or all, in the order of their names. */
export function messageHeaders(kind?: MessageKind): TableHeader[] {
  return [...byName.values()].map((entry) => entry.header).filter((header) => !kind || header.kind === kind)
}

/** A message by the name of its schema (`JoinGroupResponse`); null where name or version is unknown. */
export const messageByName = (name: string, version: number): CompiledMessage | null =>
  compile(byName.get(name), version)

export const requestMessage = (apiKey: number, version: number): CompiledMessage | null =>
  compile(requests[apiKey], version)

export const responseMessage = (apiKey: number, version: number): CompiledMessage | null =>
  compile(responses[apiKey], version)

/** `JoinGroup`; null for a key that is unknown. */
export const apiName = (apiKey: number): string | null => names[apiKey] ?? null

const names = requests.map(({ header }) => header.name.replace(/Request$/, ''))

/** The header line of an API's request table; null for a key that is unknown. */
export const apiHeader = (apiKey: number): TableHeader | null => requests[apiKey]?.header ?? null

const keysByName = new Map(requests.map((entry, key) => [entry.header.name.replace(/Request$/, '').toLowerCase(), key]))

/** The key of an API by its name, in any case; null where there is none. */
export const apiKeyOf = (name: string): number | null => keysByName.get(name.toLowerCase()) ?? null

/** Every API key that is known, ascending. */
export const apiKeys = (): number[] => Object.keys(requests).map(Number)

const CONTROLLED_SHUTDOWN = 7
const API_VERSIONS = 18

/** The request header's version: 2 for flexible requests (KIP-482), 0 for ControlledShutdown v0, else 1. */
export function requestHeaderVersion(apiKey: number, apiVersion: number): number {
  if (apiKey === CONTROLLED_SHUTDOWN && apiVersion === 0) return 0
  const header = requests[apiKey]?.header
  return header && includes(header.flexible, apiVersion) ? 2 : 1
}

/** The response header's version: 1 for flexible ones, but always 0 for ApiVersions (KIP-511). */
export function responseHeaderVersion(apiKey: number, apiVersion: number): number {
  if (apiKey === API_VERSIONS) return 0
  const header = responses[apiKey]?.header
  return header && includes(header.flexible, apiVersion) ? 1 : 0
}

const frameHeaders: Readonly<Record<'request' | 'response', (CompiledMessage | undefined)[]>> = {
  request: [],
  response: [],
}

/** A header as part of a frame: its fields' paths begin with `header.`. */
export function frameHeader(kind: 'request' | 'response', version: number): CompiledMessage {
  const headers = frameHeaders[kind]
  headers[version] ??= compileMessage(
    modelAt(messageTable(kind === 'request' ? 'RequestHeader' : 'ResponseHeader')!, version),
    'header',
  )
  return headers[version]
}

export type { CompiledMessage, Model }
