/** Sound answers of many partitions are believed: their small numbers look like each other's, whatever their order. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeMessage } from '../../src/codec/encode.ts'
import { decodeBody, decodeFrame } from '../../src/codec/frame.ts'
import type { JsonObject } from '../../src/codec/json-text.ts'
import { messageByName } from '../../src/codec/messages.ts'
import { inspectBody, inspectFrame } from '../../src/findings/inspect.ts'

/**
 * Answered by Kafka 4.4.0 to franz-go: Produce v13, errorCode 0 at all 31 partitions, base offsets 81 to 112 and so all of
 * them error codes as well.
 */
const PRODUCED = [
  [16, 102],
  [17, 97],
  [18, 91],
  [20, 94],
  [0, 85],
  [7, 98],
  [10, 82],
  [12, 82],
  [22, 97],
  [30, 108],
  [23, 81],
  [28, 86],
  [2, 100],
  [21, 86],
  [29, 95],
  [1, 94],
  [3, 99],
  [25, 94],
  [6, 108],
  [15, 93],
  [26, 112],
  [27, 99],
  [9, 99],
  [11, 104],
  [13, 82],
  [19, 102],
  [24, 93],
  [4, 106],
  [5, 109],
  [8, 85],
  [14, 93],
] as const

const hex = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, '0')

test('a Produce answer of a real broker whose base offsets could be error codes', () => {
  const partitions = PRODUCED.map(
    ([index, offset]) => `${hex(index, 4)}0000${hex(offset, 8)}${'ff'.repeat(8)}${'00'.repeat(8)}010000`,
  )
  const frame = Buffer.from(
    `0000041c${'00000005'}00${'02fc3456de1b5b43ffb7f36baf8cd25081'}20${partitions.join('')}00${'00000000'}00`,
    'hex',
  )
  expect(frame.length).toBe(4 + 0x41c)
  expect(inspectFrame(decodeFrame(frame, { kind: 'response', apiKey: 0, apiVersion: 13 }))).toEqual([])
})

/** 0 for most, one of the rest for all of those that fail, as a broker does. */
const failures = fc.record({ code: fc.constantFrom(3, 6, 16, 29, 56), which: fc.integer({ min: 0, max: 7 }) })
/** Of a topic that was written to for a minute, a day, or ten years. */
const offset = fc.oneof(
  fc.nat(200),
  fc.nat(60_000),
  // Multiples of 65536 are the one thing that looks like an offset written too early.
  fc.integer({ min: 65_537, max: 2 ** 40 }).filter((n) => n % 65_536 !== 0),
)

interface Made {
  readonly index: number
  readonly error: number
  readonly offset: number
}

/** A topic's partitions: in order or not, from 0 or not, near each other's offsets or far. */
const partitions = fc
  .record({
    first: fc.nat(20),
    near: fc.option(fc.nat(100_000)),
    offsets: fc.array(offset, { minLength: 1, maxLength: 60 }),
    failures,
  })
  .map(({ first, near, offsets, failures: { code, which } }): Made[] =>
    offsets.map((at, i) => ({
      index: first + i,
      error: which > 3 && i % which === 0 ? code : 0,
      offset: near === null ? at : near + (at % 50) + 1,
    })),
  )

/** An answer's topics, and how its version names one. */
const topics = fc.array(partitions, { minLength: 1, maxLength: 8 })
const ID = '_DRW3htbQ_-382uvjNJQgQ'
const value = ({ error, offset: at }: Made): number => (error === 0 ? at : -1)

interface Answer {
  readonly name: string
  readonly versions: readonly number[]
  json(version: number, topics: readonly Made[][]): JsonObject
}

const ANSWERS: readonly Answer[] = [
  {
    name: 'ProduceResponse',
    versions: [3, 5, 8, 9, 12, 13],
    json: (version, made) => ({
      responses: made.map((ofTopic, i) => ({
        ...(version >= 13 ? { topicId: ID } : { name: `t${i}` }),
        partitionResponses: ofTopic.map((p) => ({
          index: p.index,
          errorCode: p.error,
          baseOffset: value(p),
          logAppendTimeMs: -1,
          ...(version >= 5 ? { logStartOffset: p.error === 0 ? 0 : -1 } : {}),
          ...(version >= 8 ? { recordErrors: [], errorMessage: null } : {}),
        })),
      })),
      throttleTimeMs: 0,
    }),
  },
  {
    name: 'FetchResponse',
    versions: [4, 7, 11, 12, 16, 17],
    json: (version, made) => ({
      throttleTimeMs: 0,
      ...(version >= 7 ? { errorCode: 0, sessionId: 0 } : {}),
      responses: made.map((ofTopic, i) => ({
        ...(version >= 13 ? { topicId: ID } : { topic: `t${i}` }),
        partitions: ofTopic.map((p) => ({
          partitionIndex: p.index,
          errorCode: p.error,
          highWatermark: value(p),
          lastStableOffset: value(p),
          ...(version >= 5 ? { logStartOffset: p.error === 0 ? 0 : -1 } : {}),
          abortedTransactions: null,
          ...(version >= 11 ? { preferredReadReplica: -1 } : {}),
          records: '',
        })),
      })),
    }),
  },
  {
    name: 'ListOffsetsResponse',
    versions: [1, 4, 6, 9],
    json: (version, made) => ({
      ...(version >= 2 ? { throttleTimeMs: 0 } : {}),
      topics: made.map((ofTopic, i) => ({
        name: `t${i}`,
        partitions: ofTopic.map((p) => ({
          partitionIndex: p.index,
          errorCode: p.error,
          timestamp: -1,
          offset: value(p),
          ...(version >= 4 ? { leaderEpoch: p.error === 0 ? p.index % 3 : -1 } : {}),
        })),
      })),
    }),
  },
  {
    name: 'OffsetCommitResponse',
    versions: [2, 6, 8, 9],
    json: (version, made) => ({
      ...(version >= 3 ? { throttleTimeMs: 0 } : {}),
      topics: made.map((ofTopic, i) => ({
        name: `t${i}`,
        partitions: ofTopic.map((p) => ({ partitionIndex: p.index, errorCode: p.error })),
      })),
    }),
  },
  {
    name: 'OffsetFetchResponse',
    versions: [1, 3, 5, 7],
    json: (version, made) => ({
      ...(version >= 3 ? { throttleTimeMs: 0 } : {}),
      topics: made.map((ofTopic, i) => ({
        name: `t${i}`,
        partitions: ofTopic.map((p) => ({
          partitionIndex: p.index,
          committedOffset: value(p),
          ...(version >= 5 ? { committedLeaderEpoch: p.error === 0 ? p.index % 3 : -1 } : {}),
          metadata: '',
          errorCode: p.error,
        })),
      })),
      ...(version >= 2 ? { errorCode: 0 } : {}),
    }),
  },
]

describe.each(ANSWERS)('$name', ({ name, versions, json }) => {
  test('is believed, whatever the offsets of its partitions are', () => {
    const property = fc.property(fc.constantFrom(...versions), topics, (version, made) => {
      const message = messageByName(name, version)!
      const bytes = encodeMessage(message.model, json(version, made), { strict: true })
      expect(inspectBody(message, bytes, decodeBody(bytes, message))).toEqual([])
    })
    fc.assert(property, { numRuns: Number(process.env.KAFKASCOPE_RUNS ?? 300) })
  })
})
