/** Apache Kafka's own bytes through `decode --jsonl` and `encode --jsonl`, as a script would send them. */
import { expect, it } from 'vitest'
import { run as decode } from '../../src/cli/decode.ts'
import { run as encode } from '../../src/cli/encode.ts'
import { encodeMessage } from '../../src/codec/encode.ts'
import { type JsonObject, type JsonValue, parseJson, printJson } from '../../src/codec/json-text.ts'
import { messageByName } from '../../src/codec/messages.ts'
import type { FieldLine } from '../../src/codec/paths.ts'
import type { OfficialField, OfficialRecord } from '../dissectors/records/vectors.ts'
import { loadVectors, type Vector, withoutUnknownTags } from '../vectors.ts'
import { memoryIo } from './memory-io.ts'

const vectors: (Vector & { records?: readonly OfficialField[] })[] = [...loadVectors('4.4.0'), ...loadVectors('3.9.2')]

const jsonl = (lines: readonly object[]): string => lines.map((line) => `${printJson(line)}\n`).join('')

async function decoded(
  lines: readonly object[],
  options: { fields?: boolean; expand?: boolean },
): Promise<JsonObject[]> {
  const io = memoryIo(jsonl(lines))
  expect(await decode('', { jsonl: true, ...options }, io)).toBe(0)
  return io.stdout.lines.map((line) => parseJson(line) as JsonObject)
}

/** Findings of a sound message. Random values can look as if neighbours had changed places: a note says so, no more. */
const objections = ({ findings }: JsonObject): JsonValue[] =>
  (findings as JsonObject[]).filter(({ severity, code }) => severity !== 'note' || code !== 'body/unlikely')

it('bodies decode to their JSON, their layout is found, and they encode to their bytes', async () => {
  const answers = await decoded(
    vectors.map(({ id, name, version, kind, hex }) => ({ id, name, version, kind, hex })),
    { fields: true },
  )
  expect(answers.length).toBe(vectors.length)
  for (const [i, answer] of answers.entries()) {
    const vector = vectors[i]!
    expect(Object.keys(answer), vector.id).toEqual(['id', 'ok', 'json', 'findings', 'fields'])
    expect(answer).toMatchObject({ id: vector.id, ok: true })
    expect(objections(answer), vector.id).toEqual([])
    expect(printJson(withoutUnknownTags(answer.json!)), vector.id).toBe(printJson(vector.json))
    expect(missing(vector, answer.fields as unknown as FieldLine[]), vector.id).toEqual([])
  }
  const io = memoryIo(
    jsonl(answers.map(({ id, json }, i) => ({ id, name: vectors[i]!.name, version: vectors[i]!.version, json }))),
  )
  expect(await encode(undefined, { jsonl: true }, io)).toBe(0)
  expect(io.stdout.lines).toEqual(vectors.map(({ id, hex }) => JSON.stringify({ id, ok: true, hex })))
})

it('a whole vector may be piped through as it is', async () => {
  const [vector] = vectors
  const [answer] = await decoded([vector!], {})
  expect(printJson(withoutUnknownTags(answer!.json!))).toBe(printJson(vector!.json))
  expect(answer!.layout).toEqual(vector!.layout)
})

it('frames decode to header and JSON', async () => {
  // Kafka 4.1 gave the API of ListClientMetricsResources another name; a frame has only its key.
  const framed = vectors.filter(({ frame, name }) => frame !== undefined && !name.startsWith('ListClientMetrics'))
  const answers = await decoded(
    framed.map(({ id, kind, frame, apiKey, version }) =>
      kind === 'request' ? { id, kind, frame } : { id, kind, frame, apiKey, version },
    ),
    {},
  )
  expect(answers.length).toBeGreaterThan(2000)
  for (const [i, answer] of answers.entries()) {
    const vector = framed[i]!
    expect(answer).toMatchObject({ id: vector.id, ok: true })
    expect(objections(answer), vector.id).toEqual([])
    expect(printJson(withoutUnknownTags(answer.json!)), vector.id).toBe(printJson(vector.json))
    expect(printJson(withoutUnknownTags(answer.header!)), vector.id).toBe(printJson(vector.header))
  }
})

it('with --expand the records are those that the official reader finds', async () => {
  const withRecords = vectors.filter(({ records }) => records)
  const answers = await decoded(
    withRecords.map(({ id, name, version, hex }) => ({ id, name, version, hex })),
    { expand: true },
  )
  expect(withRecords.length).toBeGreaterThan(40)
  for (const [i, answer] of answers.entries()) {
    const vector = withRecords[i]!
    expect(answer.ok, vector.id).toBe(true)
    for (const field of vector.records!) {
      const shown = at(answer.json!, field.path) as unknown as ShownBatch[]
      // The official reader passes over a last batch that is cut short.
      const batches = shown.filter(({ partial }) => partial !== true)
      const where = `${vector.id} ${field.path}`
      expect(
        batches.map(({ compression }) => compression),
        where,
      ).toEqual(field.batches.map((batch) => batch.compression))
      expect(
        batches.flatMap(({ records }) => records.map(shownRecord)),
        where,
      ).toEqual(field.batches.flatMap(({ records }) => records.map(officialRecord)))
      expect(shown.length - batches.length, where).toBe(field.trailingBytes > 0 ? 1 : 0)
    }
  }
})

interface ShownBatch {
  readonly partial?: boolean
  readonly compression: string
  readonly records: readonly ShownRecord[]
}

interface ShownRecord {
  readonly offset: JsonValue
  readonly key: JsonValue
  readonly value: JsonValue
}

const shownRecord = ({ offset, key, value }: ShownRecord) => [String(offset), hexOf(key), hexOf(value)]
const officialRecord = ({ offset, key, value }: OfficialRecord) => [offset, key, value]

/** Keys and values that are UTF-8 are strings, others `{"base64"}`; the value of a control record is a message. */
function hexOf(value: JsonValue): JsonValue {
  if (value === null) return null
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('hex')
  const { base64, version, ...marker } = value as JsonObject
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64').toString('hex')
  const body = encodeMessage(messageByName('EndTxnMarker', Number(version))!.model, marker)
  return `000${version}${Buffer.from(body).toString('hex')}`
}

/** The value at a path like `topics[0].records`. */
function at(json: JsonValue, path: string): JsonValue {
  let value: JsonValue = json
  for (const step of path.split(/[.[\]]+/).filter(Boolean)) value = (value as Record<string, JsonValue>)[step]!
  return value
}

/** Parts of the layout that no field covers: a field is whole, from its length to the end of its data. */
function missing(vector: Vector, lines: readonly FieldLine[]): string[] {
  const fields = new Map(lines.map((line) => [line[0], line]))
  return vector.layout
    .filter(({ path, offset, length }) => {
      const field = fields.get(path.split('#')[0]!)
      return !field || offset < field[1] || offset + length > field[1] + field[2]
    })
    .map(({ path }) => path)
}
