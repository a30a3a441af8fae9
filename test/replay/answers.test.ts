/** A recorded session as a broker: which recorded answer a request gets. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { setI32 } from '../../src/bytes/patch.ts'
import { i32 } from '../../src/bytes/read.ts'
import { type Encodable, encodeFrame } from '../../src/codec/encode.ts'
import { decodeFrame } from '../../src/codec/frame.ts'
import { apiKeyOf, frameHeader, responseHeaderVersion, responseMessage } from '../../src/codec/messages.ts'
import { Rules } from '../../src/diff/rules.ts'
import { Answers, type Reply } from '../../src/replay/answers.ts'
import type { Recorded } from '../../src/replay/plan.ts'
import { bodyOf } from '../../src/replay/player.ts'
import { newConnection } from '../../src/session/connection.ts'
import type { Exchange, Frame } from '../../src/session/exchange.ts'
import { requestFrame } from '../broker/helpers.ts'

type Script = readonly [api: string, version: number, asked: Encodable, answered: Encodable]

const connection = newConnection({ id: 1, client: 'c', broker: 'b' }, 0)

function asking(api: string, version: number, asked: Encodable, correlationId = 1): Uint8Array {
  const frame = new Uint8Array(requestFrame(api, version, asked as Parameters<typeof requestFrame>[2]))
  setI32(frame, 8, correlationId)
  return frame
}

const recording = (scripts: readonly Script[]): Recorded[] =>
  scripts.map(([api, apiVersion, asked, answered], i) => {
    const apiKey = apiKeyOf(api)!
    const header = frameHeader('response', responseHeaderVersion(apiKey, apiVersion))
    const response = encodeFrame(
      header.model,
      { correlationId: 1 },
      responseMessage(apiKey, apiVersion)!.model,
      answered,
    )
    const about = { apiKey, apiVersion, packet: null, kept: true }
    const frame = (kind: 'request' | 'response', bytes: Uint8Array): Frame => {
      const { headerVersion } = decodeFrame(bytes, { kind, apiKey, apiVersion })
      return { ...about, kind, time: i, bytes, size: bytes.length, headerVersion }
    }
    const exchange: Exchange = {
      ...{ id: i + 1, connection, framing: 'kafka', apiKey, api, apiVersion, correlationId: 1, clientId: null },
      request: frame('request', asking(api, apiVersion, asked)),
      response: frame('response', response),
      noResponse: null,
    }
    return { exchange, findings: [] }
  })

const answersTo = (scripts: readonly Script[]) =>
  new Answers(recording(scripts), {
    rules: new Rules(),
    context: { topicName: () => null },
    host: 'h',
    port: 7,
  }).connection()

function bodyIn(reply: Reply, api: string, apiVersion: number): unknown {
  expect(reply).toMatchObject({ kind: 'answer' })
  const bytes = (reply as Extract<Reply, { kind: 'answer' }>).frame
  return bodyOf({ kind: 'response', apiKey: apiKeyOf(api)!, apiVersion, bytes }, true)
}

const commit = (groupId: string): Encodable => ({ groupId, generationIdOrMemberEpoch: -1, memberId: '', topics: [] })

describe('a request', () => {
  test('gets the answer of the same contents, in its own correlation id', () => {
    const answers = answersTo([
      ['Heartbeat', 3, { groupId: 'a', generationId: 1, memberId: 'm' }, { errorCode: 0 }],
      ['Heartbeat', 3, { groupId: 'b', generationId: 1, memberId: 'm' }, { errorCode: 27 }],
    ])
    const reply = answers.answer(asking('Heartbeat', 3, { groupId: 'b', generationId: 1, memberId: 'm' }, 4711))
    expect(bodyIn(reply, 'Heartbeat', 3)).toMatchObject({ errorCode: 27 })
    expect(i32((reply as Extract<Reply, { kind: 'answer' }>).frame, 4)).toBe(4711)
  })

  test('that is repeated gets the answers in their order; a question the last one again, a command none', () => {
    const beat = { groupId: 'a', generationId: 1, memberId: 'm' }
    const answers = answersTo([
      ['Heartbeat', 3, beat, { errorCode: 0 }],
      ['Heartbeat', 3, beat, { errorCode: 27 }],
      ['OffsetCommit', 8, commit('a'), { topics: [] }],
    ])
    const codes = [1, 2, 3].map(() => bodyIn(answers.answer(asking('Heartbeat', 3, beat)), 'Heartbeat', 3))
    expect(codes).toMatchObject([{ errorCode: 0 }, { errorCode: 27 }, { errorCode: 27 }])
    expect(answers.answer(asking('OffsetCommit', 8, commit('a')))).toMatchObject({ kind: 'answer' })
    expect(answers.answer(asking('OffsetCommit', 8, commit('a')))).toMatchObject({ kind: 'close', lacking: true })
  })

  test('earliest and latest are not the same question', () => {
    const at = (timestamp: number): Encodable => ({
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, timestamp }] }],
    })
    const answer = (offset: number): Encodable => ({
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, errorCode: 0, timestamp: -1, offset }] }],
    })
    const answers = answersTo([
      ['ListOffsets', 3, at(-2), answer(0)],
      ['ListOffsets', 3, at(-1), answer(99)],
    ])
    expect(JSON.stringify(bodyIn(answers.answer(asking('ListOffsets', 3, at(-1))), 'ListOffsets', 3))).toContain('99')
  })

  test('of a member that calls itself otherwise (KIP-848) is answered with that name', () => {
    const beat = (memberId: string): Encodable => ({ groupId: 'g', memberId, memberEpoch: 0, topicPartitions: [] })
    const answers = answersTo([
      ['ConsumerGroupHeartbeat', 1, beat('old'), { memberId: 'old', memberEpoch: 1, heartbeatIntervalMs: 5 }],
    ])
    const reply = answers.answer(asking('ConsumerGroupHeartbeat', 1, beat('new')))
    expect(bodyIn(reply, 'ConsumerGroupHeartbeat', 1)).toMatchObject({ memberId: 'new', memberEpoch: 1 })
  })

  test('for brokers gets the address of the listener', () => {
    const brokers = [{ nodeId: 3, host: 'kafka-3.example', port: 9092, rack: null }]
    const topics = { topics: null, allowAutoTopicCreation: true }
    const answers = answersTo([['Metadata', 4, topics, { brokers, clusterId: null, controllerId: 3, topics: [] }]])
    const reply = answers.answer(asking('Metadata', 4, topics))
    expect(bodyIn(reply, 'Metadata', 4)).toMatchObject({ brokers: [{ nodeId: 3, host: 'h', port: 7 }] })
  })

  test('for other partitions together gets what was recorded of each at its offset', () => {
    const fetch = (...partitions: readonly (readonly [partition: number, fetchOffset: number])[]): Encodable => ({
      ...{ replicaId: -1, maxWaitMs: 500, minBytes: 1, maxBytes: 100, isolationLevel: 0 },
      topics: [
        {
          topic: 't',
          partitions: partitions.map(([partition, fetchOffset]) => ({ partition, fetchOffset, partitionMaxBytes: 9 })),
        },
      ],
    })
    const part = (partitionIndex: number, records: string): Encodable => ({
      ...{ partitionIndex, errorCode: 0, highWatermark: 5, lastStableOffset: 5, abortedTransactions: null, records },
    })
    const answers = answersTo([
      ['Fetch', 4, fetch([0, 0]), { responses: [{ topic: 't', partitions: [part(0, 'AAAA')] }] }],
      ['Fetch', 4, fetch([1, 0]), { responses: [{ topic: 't', partitions: [part(1, 'BBBB')] }] }],
    ])
    const both = bodyIn(answers.answer(asking('Fetch', 4, fetch([0, 0], [1, 0]))), 'Fetch', 4)
    expect(both).toMatchObject({ responses: [{ partitions: [{ records: 'AAAA' }, { records: 'BBBB' }] }] })
    // At the end of the log nothing is there; in its middle, where nobody read, nothing is known.
    expect(bodyIn(answers.answer(asking('Fetch', 4, fetch([0, 5], [1, 0]))), 'Fetch', 4)).toMatchObject({
      responses: [{ partitions: [{ records: '' }, { records: 'BBBB' }] }],
    })
    expect(answers.answer(asking('Fetch', 4, fetch([0, 3])))).toMatchObject({ kind: 'close', lacking: true })
  })

  test('of any bytes never throws', () => {
    const answers = answersTo([['Heartbeat', 3, { groupId: 'a', generationId: 1, memberId: 'm' }, { errorCode: 0 }]])
    const sound = asking('Heartbeat', 3, { groupId: 'a', generationId: 1, memberId: 'm' })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(sound.length), (noise, cut) => {
        for (const bytes of [noise, new Uint8Array([...sound.subarray(0, cut), ...noise])]) {
          expect(['answer', 'close', 'none']).toContain(answers.answer(bytes).kind)
        }
      }),
      { numRuns: 300 },
    )
  })
})
