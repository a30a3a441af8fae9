import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeFrame } from '../../../src/codec/frame.ts'
import { explain, SENTENCES } from '../../../src/findings/explain/index.ts'
import { placeOf } from '../../../src/findings/explain/place.ts'
import { sizeBytes } from '../../../src/findings/explain/sentence.ts'
import { inspectFrame } from '../../../src/findings/inspect.ts'
import { RULES } from '../../../src/findings/rules/index.ts'

const all = SENTENCES.flatMap(([client, sentences]) => sentences.map((sentence) => [client, sentence] as const))

describe.each(all)('%s', (client, sentence) => {
  test(`knows: ${sentence.example.slice(0, 80)}`, () => {
    const said = explain(`12:00:01 ERROR something ${sentence.example}\n`)
    expect(said.map((each) => each.client)).toContain(client)
    const own = said.find((each) => each.client === client)!
    expect(own.means).not.toMatch(/undefined|NaN/)
    expect(own.codes).toEqual(sentence.codes)
  })

  test('names codes that there are', () => {
    const known = new Set(RULES.map(({ code }) => code))
    for (const code of sentence.codes) expect(known.has(code) || known.has(code.replace(/^\w+\//, '')), code).toBe(true)
  })
})

test('what librdkafka says, in numbers', () => {
  const [said] = explain(
    '%3|1795541587.181|PROTOUFLOW|rdkafka#consumer-2| [thrd:main]: GroupCoordinator/1: Protocol read buffer underflow for JoinGroup v5 at 4/4 (rd_kafka_cgrp_handle_JoinGroup:2324): expected 2 bytes > 0 remaining bytes (incorrect broker.version.fallback?)',
  )
  expect(said).toMatchObject({
    client: 'librdkafka',
    codes: ['body/underflow', 'body/length', 'body/count', 'header/underflow'],
    facts: { api: 'JoinGroup', apiVersion: 5, at: 4, size: 4, wanted: 2, left: 0 },
  })
  expect(placeOf(said!.facts)).toBe('errorCode (int16), at byte 12 of the frame')
})

test('a place behind text can not be said without the bytes', () => {
  expect(placeOf({ api: 'JoinGroup', apiVersion: 5, at: 30 })).toBeNull()
  expect(placeOf({ api: 'NoSuchApi', apiVersion: 5, at: 4 })).toBeNull()
  expect(placeOf({ api: 'JOIN_GROUP', apiVersion: 9, at: 5 })).toBe('errorCode (int16), at byte 13 of the frame')
})

test('the tail of a longer message is not explained again', () => {
  const text = `SchemaException: Buffer underflow while parsing response for request with header RequestHeader(apiKey=JOIN_GROUP, apiVersion=9, clientId=c, correlationId=5)
Caused by: java.nio.BufferUnderflowException`
  expect(explain(text)).toHaveLength(1)
})

test.each(['', 'Connection refused', 'org.apache.kafka.common.errors.TimeoutException', 'underflow', 'null'])(
  'no error about bytes: %s',
  (text) => expect(explain(text)).toEqual([]),
)

test('a size that is text is read as such', () => {
  expect(sizeBytes(1213486160)).toMatch(/"HTTP": HTTP, so this is no port/)
  expect(sizeBytes(0x15030300 | 2)).toMatch(/TLS alert/)
  expect(sizeBytes(0x7fffffff)).toBe('')
  expect(sizeBytes(-1)).toBe('')
})

test('a long hostile text costs little', () => {
  const began = performance.now()
  for (const piece of [
    'Disconnected',
    'Response A(key: 1, version: 1)',
    'RequestHeader(apiKey=A, apiVersion=1, clientId=',
    '0',
  ]) {
    expect(explain(piece.repeat(200_000 / piece.length))).toEqual([])
  }
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('what real clients printed of planted bugs is explained, wherever it was predicted', () => {
  const runs = readFileSync('test/findings/clients/recorded.jsonl', 'utf8').trimEnd().split('\n')
  let explained = 0
  for (const line of runs) {
    const { client, bug, answers, says } = JSON.parse(line) as {
      client: string
      bug: string
      answers: [number, number, number, string][]
      says: string[]
    }
    const predicted = answers.some(([apiKey, apiVersion, , hex]) => {
      const frame = decodeFrame(Buffer.from(hex, 'hex'), { kind: 'response', apiKey, apiVersion })
      return inspectFrame(frame).some(({ clients }) => clients?.[client] !== undefined)
    })
    if (!predicted) continue
    explained++
    expect(
      explain(says.join('\n')).map((each) => each.client),
      `${client} ${bug}`,
    ).toContain(client)
  }
  expect(explained).toBeGreaterThan(60)
})
