/** The vectors and frames in `captures/`, for tests that go over all of them. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type JsonObject, type JsonValue, parseJson } from '../src/codec/json-text.ts'

export interface Vector {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly kind: 'request' | 'response' | 'header' | 'data'
  readonly apiKey: number | null
  readonly headerVersion: number | null
  readonly hex: string
  readonly frame?: string
  readonly header?: JsonObject
  readonly json: JsonObject
  readonly unknownTags?: readonly { path: string; tag: number; hex: string }[]
  readonly layout: readonly { path: string; role: string; encoding: string; offset: number; length: number }[]
}

export interface TrafficFrame {
  readonly capture: string
  readonly connection: number
  readonly kind: 'request' | 'response'
  readonly apiKey: number
  readonly version: number
  readonly frame: string
}

/** The lines of a gzip'd file of JSON lines, as text. */
export function jsonLines(file: string): string[] {
  return gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
}

export const loadVectors = (release: '4.4.0' | '3.9.2'): Vector[] =>
  jsonLines(`captures/vectors/kafka-${release}.jsonl.gz`).map((line) => parseJson(line) as unknown as Vector)

export const loadTraffic = (): TrafficFrame[] =>
  jsonLines('captures/traffic.jsonl.gz').map((line) => JSON.parse(line) as TrafficFrame)

/** A copy without `_unknownTaggedFields`, which Kafka's own JSON lacks. */
export function withoutUnknownTags(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutUnknownTags)
  if (value === null || typeof value !== 'object') return value
  const kept = Object.entries(value).filter(([key]) => key !== '_unknownTaggedFields')
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutUnknownTags(inner)]))
}
