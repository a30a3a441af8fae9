/** What a diagnosis may cost: work is counted, not timed, so that the same bytes cost the same on every machine. */
import { describe, expect, test } from 'vitest'
import { encodeMessage } from '../../src/codec/encode.ts'
import type { JsonObject, JsonValue } from '../../src/codec/json-text.ts'
import { messageByName } from '../../src/codec/messages.ts'
import { diagnose, MAX_WORK } from '../../src/findings/diagnosis/diagnose.ts'
import type { LengthSite } from '../../src/findings/diagnosis/outcome.ts'
import { Trail } from '../../src/findings/diagnosis/trail.ts'
import { LengthSites, Work } from '../../src/findings/diagnosis/work.ts'
import type { Cause } from '../../src/findings/finding.ts'

/** A reading that is over its work stops at the next field: the last one's cost comes on top, at most a text of 32 KB. */
const ONE_FIELD = 10_000

function explain(name: string, version: number, bytes: Uint8Array): { causes: readonly Cause[]; used: number } {
  const work = new Work(MAX_WORK)
  const causes = diagnose(messageByName(name, version)!.model, { bytes, start: 0, end: bytes.length }, work)
  return { causes, used: work.used }
}

const encode = (name: string, version: number, json: JsonObject): Uint8Array =>
  encodeMessage(messageByName(name, version)!.model, json)

const many = (count: number, value: (i: number) => JsonValue): JsonValue[] =>
  Array.from({ length: count }, (_, i) => value(i))

/** Of one topic with so many partitions. */
const fetched = (version: number, count: number): JsonObject => ({
  replicaId: -1,
  maxWaitMs: 500,
  minBytes: 1,
  maxBytes: 1_048_576,
  isolationLevel: 0,
  sessionId: 0,
  sessionEpoch: 0,
  topics: [
    {
      topic: 'orders',
      partitions: many(count, (i) => ({
        partition: i,
        currentLeaderEpoch: -1,
        fetchOffset: 1000 + i,
        ...(version >= 12 ? { lastFetchedEpoch: -1 } : {}),
        logStartOffset: -1,
        partitionMaxBytes: 1_048_576,
      })),
    },
  ],
  forgottenTopicsData: [],
  ...(version >= 11 ? { rackId: '' } : {}),
})

const produced = (version: number, count: number): JsonObject => ({
  responses: [
    {
      name: 'orders',
      partitionResponses: many(count, (i) => ({
        index: i,
        errorCode: 0,
        baseOffset: 1000 + i,
        logAppendTimeMs: -1,
        logStartOffset: 0,
        ...(version >= 8 ? { recordErrors: [], errorMessage: null } : {}),
      })),
    },
  ],
  throttleTimeMs: 0,
})

describe('a body of megabytes is explained with bounded work', () => {
  const version = encode('FetchRequest', 11, fetched(11, 80_000))
  const cut = encode('ProduceResponse', 9, produced(9, 60_000)).slice(0, -50)

  test('where it is another version', () => {
    expect(version.length).toBeGreaterThan(1_900_000)
    const { causes, used } = explain('FetchRequest', 12, version)
    expect(used).toBeLessThan(MAX_WORK + ONE_FIELD)
    expect(causes[0]).toMatchObject({ cause: 'other-version', evidence: { actualVersion: 11 } })
  })

  test('where it is cut', () => {
    const { causes, used } = explain('ProduceResponse', 9, cut)
    expect(used).toBeLessThan(MAX_WORK + ONE_FIELD)
    expect(causes[0]).toMatchObject({ cause: 'truncated' })
  })
})

describe('no bytes cost more than that', () => {
  const SIZE = 16 * 1024 * 1024
  const zeros = new Uint8Array(SIZE)
  const texts = encode('DescribeGroupsRequest', 0, { groups: many(SIZE / 3, () => 'a') })
  const long = encode('DescribeGroupsRequest', 0, { groups: many(512, () => 'é'.repeat(16_000)) })
  const partitions = encode('ProduceResponse', 5, produced(5, SIZE / 30))

  test.each([
    ['zeros', 'MetadataResponse', 13, zeros],
    ['zeros', 'JoinGroupRequest', 9, zeros],
    ['short texts', 'DescribeGroupsRequest', 0, texts],
    ['long texts', 'DescribeGroupsRequest', 0, long],
    ['partitions', 'ProduceResponse', 5, partitions],
    ['partitions', 'ProduceResponse', 9, partitions],
  ] as const)('%s as %s v%i', { timeout: 30_000 }, (_what, name, version, bytes) => {
    for (const body of [bytes.subarray(0, -1), bytes.subarray(1)]) {
      const { used } = explain(name, version, body)
      expect(used).toBeLessThan(MAX_WORK + ONE_FIELD)
    }
  })
})

test('a Fetch answer whose 8 MB of records are cut is explained', () => {
  const batch = Buffer.alloc(8 * 1024 * 1024, 0xa5)
  batch.writeInt32BE(batch.length - 12, 8)
  batch[16] = 2
  const body = encode('FetchResponse', 4, {
    throttleTimeMs: 0,
    responses: [
      {
        topic: 'orders',
        partitions: [
          {
            partitionIndex: 0,
            errorCode: 0,
            highWatermark: 9,
            lastStableOffset: 9,
            abortedTransactions: null,
            records: batch.toString('base64'),
          },
        ],
      },
    ],
  })
  const { causes, used } = explain('FetchResponse', 4, body.slice(0, -1000))
  expect(causes[0]).toMatchObject({ cause: 'truncated' })
  expect(used).toBeLessThan(MAX_WORK + ONE_FIELD)
})

test('the lengths that are doubted are the last ones, and the counts that stand before them', () => {
  const site = (at: number, isCount: boolean): LengthSite => ({ ix: 1, visit: at, isCount, claimed: 1, at, left: 1 })
  const sites = new LengthSites(40, 12)
  const all = Array.from({ length: 10_000 }, (_, at) => site(at, at % 7 === 0))
  for (const each of all) sites.add(each)
  const counts = all.filter(({ isCount }) => isCount).slice(-12)
  const last = all.slice(-40)
  expect(sites.doubted()).toEqual([...last.toReversed(), ...counts.filter((each) => !last.includes(each)).toReversed()])
})

test('a trail of a long body is as short as that of a short one, and never stricter', () => {
  const size = 16 * 1024 * 1024
  const trail = new Trail(100, 100 + size)
  for (let at = 0; at <= size; at += 4) trail.note(100 + at, 1 + at / 100)
  trail.finish()
  for (const at of [0, 1000, size / 2, size]) expect(trail.isBehind(100 + at, 1 + at / 100 + 79)).toBe(false)
  expect(trail.isBehind(100 + size / 2, size / 200 + 200)).toBe(true)
})
