import { describe, expect, test } from 'vitest'
import { encodeFrame, encodeMessage } from '../../src/codec/encode.ts'
import { decodeBody, decodeFrame } from '../../src/codec/frame.ts'
import { type JsonObject, type JsonValue, printJson } from '../../src/codec/json-text.ts'
import { frameHeader, messageByName, messageHeaders, messageTable } from '../../src/codec/messages.ts'
import { type FieldLine, fieldLines } from '../../src/codec/paths.ts'
import { valueAt } from '../../src/codec/value.ts'
import { inspectBody } from '../../src/findings/inspect.ts'
import { knownVersions } from '../../src/schema/concretise.ts'
import { loadVectors, type Vector, withoutUnknownTags } from '../vectors.ts'

const vectors = [...loadVectors('4.4.0'), ...loadVectors('3.9.2')]
const byMessage = new Map<string, Vector[]>()
for (const vector of vectors) byMessage.set(vector.name, [...(byMessage.get(vector.name) ?? []), vector])

test('the vectors cover every version of every message that the tables know', () => {
  const covered = new Set(vectors.map(({ name, version }) => `${name} v${version}`))
  const known = messageHeaders().flatMap(({ name }) => knownVersions(messageTable(name)!).map((v) => `${name} v${v}`))
  expect(known.filter((message) => !covered.has(message))).toEqual([])
  expect(known.length).toBe(877)
  expect(covered.size).toBe(877)
})

describe.each([...byMessage])('%s', (_name, ofMessage) => {
  test('decodes to its JSON with nothing to object to, and encodes back to its bytes', () => {
    for (const vector of ofMessage) {
      const message = messageByName(vector.name, vector.version)!
      const bytes = Buffer.from(vector.hex, 'hex')
      const run = decodeBody(bytes, message)
      // Random values can look as if neighbours had changed places: that is a note, and no more.
      const findings = inspectBody(message, bytes, run)
      expect(
        findings.filter(({ severity, code }) => severity !== 'note' || code !== 'body/unlikely'),
        vector.id,
      ).toEqual([])
      const value = valueAt(bytes, run.t, 0)
      expect(printJson(withoutUnknownTags(value)), vector.id).toBe(printJson(vector.json))
      expect(Buffer.from(encodeMessage(message.model, value, { strict: true })).toString('hex'), vector.id).toBe(
        vector.hex,
      )
      if (!vector.unknownTags) {
        expect(Buffer.from(encodeMessage(message.model, vector.json)).toString('hex'), vector.id).toBe(vector.hex)
      }
    }
  })

  test('has every part of its layout among its fields, and its unknown tags in their places', () => {
    for (const vector of ofMessage) {
      const bytes = Buffer.from(vector.hex, 'hex')
      const run = decodeBody(bytes, messageByName(vector.name, vector.version)!)
      const fields = new Map(fieldLines(bytes, run.t).map((line) => [line[0], line]))
      expect(missing(vector, fields), vector.id).toEqual([])
      expect(unknownTagsOf(valueAt(bytes, run.t, 0)), vector.id).toEqual(
        (vector.unknownTags ?? []).map(({ tag, hex }) => `${tag} ${hex}`).sort(),
      )
    }
  })

  test('frames decode and encode with their headers', () => {
    for (const vector of ofMessage) {
      if (!vector.frame || (vector.kind !== 'request' && vector.kind !== 'response')) continue
      const bytes = Buffer.from(vector.frame, 'hex')
      const frame = decodeFrame(bytes, { kind: vector.kind, apiKey: vector.apiKey!, apiVersion: vector.version })
      expect(frame.flaws, vector.id).toEqual([])
      expect(frame.headerVersion, vector.id).toBe(vector.headerVersion)
      const header = valueAt(bytes, frame.table, frame.headerLine)
      const body = valueAt(bytes, frame.table, frame.bodyLine)
      expect(printJson(withoutUnknownTags(header)), vector.id).toBe(printJson(vector.header))
      const encoded = encodeFrame(
        frameHeader(vector.kind, frame.headerVersion).model,
        header,
        frame.message!.model,
        body,
      )
      expect(Buffer.from(encoded).toString('hex'), vector.id).toBe(vector.frame)
    }
  })
})

/**
 * The parts of the layout that no field covers. A field is whole: a length (`name#length`) and its data are one line.
 * Bytes of a part that belong to a field must lie within it, and a field must hold nothing beyond its parts.
 */
function missing(vector: Vector, fields: ReadonlyMap<string, FieldLine>): string[] {
  const parts = new Map<string, [number, number]>()
  for (const { path, offset, length } of vector.layout) {
    const name = path.split('#')[0]!
    const [start, end] = parts.get(name) ?? [offset, offset]
    parts.set(name, [Math.min(start, offset), Math.max(end, offset + length)])
  }
  const wrong: string[] = []
  for (const [path, [start, end]] of parts) {
    const field = fields.get(path)
    const container = field && /array|struct|tag_buffer/.test(field[3])
    const fits = field && field[1] === start && (container ? field[1] + field[2] >= end : field[1] + field[2] === end)
    if (!fits) wrong.push(`${path} ${start}-${end}, have ${field}`)
  }
  return wrong
}

function unknownTagsOf(value: JsonValue): string[] {
  const found: string[] = []
  const visit = (inner: JsonValue): void => {
    if (Array.isArray(inner)) inner.forEach(visit)
    else if (inner !== null && typeof inner === 'object') {
      for (const entry of (inner._unknownTaggedFields as JsonObject[] | undefined) ?? []) {
        found.push(`${entry.tag} ${Buffer.from(entry.data as string, 'base64').toString('hex')}`)
      }
      for (const [key, child] of Object.entries(inner)) if (key !== '_unknownTaggedFields') visit(child)
    }
  }
  visit(value)
  return found.sort()
}
