import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { ATTRIBUTES_AT, CRC_AT, LOG_APPEND_TIME, MAX_TIMESTAMP_AT } from '../../dissectors/records/format.ts'
import { batchHeader } from '../../dissectors/records/header.ts'
import { writeBatch, writeMessageSet } from '../../dissectors/records/write.ts'
import { crc32c } from '../../src/bytes/crc32c.ts'
import { setI32, setI64 } from '../../src/bytes/patch.ts'
import { ask, at, type Bench, type Body, bench, produceTo, utf8 } from './helpers.ts'

async function topicWith(configs: Readonly<Record<string, string>>): Promise<Bench> {
  const on = bench()
  const answer = await ask(on, 'CreateTopics', 5, {
    topics: [
      {
        ...{ name: 'orders', numPartitions: 1, replicationFactor: 1 },
        configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
      },
    ],
  })
  expect(at(answer, 'topics', 0, 'errorCode')).toBe(0)
  return on
}

type Codec = 'none' | 'gzip'

/** Records with these keys, at these times. */
const batch = (records: readonly (readonly [key: string | null, timestamp: number])[], codec: Codec = 'none') =>
  writeBatch({
    codec,
    records: records.map(([key, timestamp]) => ({ key: key === null ? null : utf8(key), value: utf8('v'), timestamp })),
  })

const partitionOf = (answer: Body) => at(answer, 'responses', 0, 'partitionResponses', 0) as Body

const fetched = async (on: Bench): Promise<Uint8Array> => {
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 10_000 }]
  const topics = [{ topic: 'orders', partitions }]
  const answer = await ask(on, 'Fetch', 11, { maxWaitMs: 0, minBytes: 1, maxBytes: 1e6, topics })
  return Buffer.from(at(answer, 'responses', 0, 'partitions', 0, 'records') as string, 'base64')
}

const endOf = async (on: Bench) =>
  at(
    await ask(on, 'ListOffsets', 7, {
      ...{ replicaId: -1, isolationLevel: 0 },
      topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -1 }] }],
    }),
    ...['topics', 0, 'partitions', 0, 'offset'],
  )

// What Apache Kafka 4.4.0 does with each was seen with librdkafka's test 0011 and with raw requests.
describe('a compacted topic', () => {
  it.each(['none', 'gzip'] as const)('names the records without a key and appends nothing (%s)', async (codec) => {
    const on = await topicWith({ 'cleanup.policy': 'compact' })
    const now = on.clock.now()
    const bad = batch([...[null, 'k', null].map((key) => [key, now] as const)], codec)
    const answer = partitionOf(await produceTo(on, 'orders', bad))
    expect(answer).toMatchObject({ errorCode: errorCode('INVALID_RECORD'), baseOffset: -1, logStartOffset: 0 })
    expect((answer.recordErrors as Body[]).map((each) => each.batchIndex)).toEqual([0, 2])
    expect(await endOf(on)).toBe(0)
    expect(partitionOf(await produceTo(on, 'orders', batch([['k', now]], codec)))).toMatchObject({ errorCode: 0 })
  })

  it('wants keys too where it is also deleted from, and from old producers', async () => {
    const on = await topicWith({ 'cleanup.policy': 'compact,delete' })
    const set = writeMessageSet({ magic: 1, messages: [{ key: null, value: utf8('v'), timestamp: on.clock.now() }] })
    expect(partitionOf(await produceTo(on, 'orders', set, 2))).toMatchObject({ errorCode: errorCode('INVALID_RECORD') })
  })

  it('does not tell versions of which records it was that have no room for it', async () => {
    const on = await topicWith({ 'cleanup.policy': 'compact' })
    const answer = partitionOf(await produceTo(on, 'orders', batch([[null, on.clock.now()]]), 7))
    expect(answer).toMatchObject({ errorCode: errorCode('INVALID_RECORD') })
    expect(answer).not.toHaveProperty('recordErrors')
  })
})

describe("a record's time", () => {
  it.each([
    ['more than an hour ahead', {}, 3_600_001, 'INVALID_TIMESTAMP'],
    ['an hour ahead', {}, 3_600_000, 'NONE'],
    ['long ago', {}, -1e12, 'NONE'],
    ['before the topic takes it', { 'message.timestamp.before.max.ms': '1000' }, -1001, 'INVALID_TIMESTAMP'],
    ['as late as the topic takes it', { 'message.timestamp.after.max.ms': '5' }, 5, 'NONE'],
    ['later', { 'message.timestamp.after.max.ms': '5' }, 6, 'INVALID_TIMESTAMP'],
    ['any, where the broker sets it', { 'message.timestamp.type': 'LogAppendTime' }, 1e10, 'NONE'],
  ] as const)('%s', async (_, configs, ahead, error) => {
    const on = await topicWith(configs)
    const now = on.clock.now()
    const records = [['k', now] as const, ['k', now + ahead] as const]
    const answer = partitionOf(await produceTo(on, 'orders', batch(records)))
    expect(answer.errorCode).toBe(errorCode(error))
    const indexes = ((answer.recordErrors ?? []) as Body[]).map((each) => each.batchIndex)
    expect(indexes).toEqual(error === 'NONE' ? [] : [1])
  })

  it('may be none', async () => {
    const on = await topicWith({ 'message.timestamp.before.max.ms': '1000' })
    expect(partitionOf(await produceTo(on, 'orders', batch([['k', -1]])))).toMatchObject({ errorCode: 0 })
  })
})

describe('message.timestamp.type=LogAppendTime', () => {
  it.each(['none', 'gzip'] as const)('gives a batch the time at which it came (%s)', async (codec) => {
    const on = await topicWith({ 'message.timestamp.type': 'LogAppendTime' })
    const now = on.clock.now()
    const records = [['a', 5] as const, ['b', 6] as const]
    const answer = partitionOf(await produceTo(on, 'orders', batch(records, codec)))
    expect(answer).toMatchObject({ errorCode: 0, baseOffset: 0, logAppendTimeMs: now })
    const bytes = await fetched(on)
    const header = batchHeader(bytes, 0)!
    expect(header.attributes & LOG_APPEND_TIME).toBe(LOG_APPEND_TIME)
    expect(header).toMatchObject({ baseTimestamp: 5, maxTimestamp: now })
    expect(header.crc).toBe(crc32c(bytes, ATTRIBUTES_AT))
  })

  it('finds a time at the first record of its batch', async () => {
    const on = await topicWith({ 'message.timestamp.type': 'LogAppendTime' })
    await produceTo(on, 'orders', batch([['a', 5]]))
    await on.clock.advance(1000)
    await produceTo(on, 'orders', batch([...['b', 'c'].map((key) => [key, 6] as const)]))
    for (const timestamp of [on.clock.now(), on.clock.now() - 999, -3]) {
      const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp }] }]
      const answer = await ask(on, 'ListOffsets', 7, { replicaId: -1, isolationLevel: 0, topics })
      expect(at(answer, 'topics', 0, 'partitions', 0)).toMatchObject({ offset: 1, timestamp: on.clock.now() })
    }
  })

  it('is told of old producers too', async () => {
    const on = await topicWith({ 'message.timestamp.type': 'LogAppendTime' })
    const set = writeMessageSet({ magic: 1, messages: [{ key: null, value: utf8('v'), timestamp: 7 }] })
    expect(partitionOf(await produceTo(on, 'orders', set, 2))).toMatchObject({ logAppendTimeMs: on.clock.now() })
  })

  it('is not what a topic with CreateTime answers', async () => {
    const on = await topicWith({})
    expect(partitionOf(await produceTo(on, 'orders', batch([['a', 5]])))).toMatchObject({ logAppendTimeMs: -1 })
  })
})

it('the latest time of a batch is that of its records, whatever its header says', async () => {
  const on = await topicWith({})
  const lying = batch([...[5, 9, 7].map((time) => ['k', time] as const)])
  setI64(lying, MAX_TIMESTAMP_AT, 1234)
  setI32(lying, CRC_AT, crc32c(lying, ATTRIBUTES_AT))
  expect(partitionOf(await produceTo(on, 'orders', lying))).toMatchObject({ errorCode: 0 })
  const bytes = await fetched(on)
  expect(batchHeader(bytes, 0)).toMatchObject({ maxTimestamp: 9, crc: crc32c(bytes, ATTRIBUTES_AT) })
})
