import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { loadZstdWriter } from '../../dissectors/records/compression.ts'
import { type BatchInit, writeBatch } from '../../dissectors/records/write.ts'
import { answerFrame } from '../../src/broker/dispatch.ts'
import { fromBase64, toHex } from '../../src/bytes/hex.ts'
import {
  ask,
  at,
  type Bench,
  type Body,
  batchOf,
  bench,
  createTopic,
  produceTo,
  requestFrame,
  settle,
  utf8,
} from './helpers.ts'

interface FetchOptions {
  readonly topic?: string
  readonly topicId?: string
  readonly offset?: number | bigint
  readonly maxWaitMs?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly partitionMaxBytes?: number
  readonly session?: { readonly sessionId: number; readonly sessionEpoch: number }
  readonly currentLeaderEpoch?: number
}

function fetchFrom(on: Bench, o: FetchOptions = {}, version = 12, signal?: AbortSignal): Promise<Body> {
  const { topic = 'orders', offset = 0, maxWaitMs = 0, minBytes = 1, maxBytes = 1e6, partitionMaxBytes = 1e6 } = o
  const ref = o.topicId ? { topicId: o.topicId } : { topic }
  const partition = {
    partition: 0,
    fetchOffset: offset,
    partitionMaxBytes,
    ...(o.currentLeaderEpoch !== undefined && { currentLeaderEpoch: o.currentLeaderEpoch }),
  }
  const body = { maxWaitMs, minBytes, maxBytes, ...o.session, topics: [{ ...ref, partitions: [partition] }] }
  return ask(on, 'Fetch', version, body, signal ? { signal } : {})
}

const first = (answer: Body) => at(answer, 'responses', 0, 'partitions', 0)
const bytesOf = (answer: Body): Uint8Array => fromBase64(at(first(answer), 'records') as string)!

async function withOrders(...batches: Uint8Array[]): Promise<Bench> {
  const on = bench()
  await createTopic(on, 'orders')
  for (const batch of batches) await produceTo(on, 'orders', batch)
  return on
}

/** Whether a promise has come to its end. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  void promise.then(() => {
    done = true
  })
  await settle()
  return done
}

describe('Produce', () => {
  it('answers with the offset of the first record', async () => {
    const on = await withOrders(batchOf(['a', 'b']))
    const answer = await produceTo(on, 'orders', batchOf(['c']))
    expect(at(answer, 'responses', 0, 'partitionResponses', 0)).toMatchObject({ errorCode: 0, baseOffset: 2 })
  })

  const plain: BatchInit = { records: [{ value: utf8('a') }, { value: utf8('b') }] }
  const damaged = batchOf(['a'])
  damaged[damaged.length - 1]! ^= 1
  it.each([
    ['CORRUPT_MESSAGE', damaged],
    ['INVALID_RECORD', batchOf(['a']).subarray(0, 40)],
    ['INVALID_RECORD', batchOf(['a']).subarray(0, 65)],
    ['INVALID_RECORD', new Uint8Array(0)],
    ['INVALID_RECORD', Buffer.concat([batchOf(['a']), batchOf(['b'])])],
    ['INVALID_RECORD', writeBatch({ ...plain, lastOffsetDelta: 5 })],
    ['INVALID_RECORD', writeBatch({ records: [{ offsetDelta: 1 }, { offsetDelta: 1 }], codec: 'gzip' })],
    ['INVALID_RECORD', writeBatch({ ...plain, isControl: true })],
    ['INVALID_RECORD', writeBatch({ records: [] })],
    [
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
      writeBatch({ ...plain, isTransactional: true, producerId: 1, producerEpoch: 0, baseSequence: 0 }),
    ],
    ['MESSAGE_TOO_LARGE', batchOf(['x'.repeat(1_100_000)])],
  ])('refuses with %s what is not sound (%#)', async (error, records) => {
    const on = await withOrders()
    const answer = await produceTo(on, 'orders', records)
    expect(at(answer, 'responses', 0, 'partitionResponses', 0)).toMatchObject({
      errorCode: errorCode(error),
      baseOffset: -1,
    })
    expect(on.broker.topics.get('orders')!.partitions[0]!.endOffset).toBe(0)
  })

  it.each([
    [6, 'UNSUPPORTED_COMPRESSION_TYPE'],
    [7, 'NONE'],
  ])('takes zstd from v7 on: v%i gives %s', async (version, error) => {
    await loadZstdWriter()
    const on = await withOrders()
    const answer = await produceTo(on, 'orders', writeBatch({ ...plain, codec: 'zstd' }), version)
    expect(at(answer, 'responses', 0, 'partitionResponses', 0, 'errorCode')).toBe(errorCode(error))
  })

  it.each([
    ['UNKNOWN_TOPIC_OR_PARTITION', 9, { name: 'orders' }, 1, -1],
    ['UNKNOWN_TOPIC_OR_PARTITION', 9, { name: 'nothing' }, 0, -1],
    ['UNKNOWN_TOPIC_OR_PARTITION', 9, { name: 'orders' }, -1, -1],
    ['UNKNOWN_TOPIC_ID', 13, { topicId: 'AAAAAAAAAAAAAAAAAAAABQ' }, 0, -1],
    ['INVALID_REQUIRED_ACKS', 9, { name: 'orders' }, 0, 2],
  ])('says %s in v%i', async (error, version, ref, index, acks) => {
    const on = await withOrders()
    const topicData = [{ ...ref, partitionData: [{ index, records: batchOf(['a']) }] }]
    const answer = await ask(on, 'Produce', version, { acks, timeoutMs: 1, topicData })
    expect(at(answer, 'responses', 0, 'partitionResponses', 0, 'errorCode')).toBe(errorCode(error))
  })

  it('does not answer acks 0, and closes the connection on an error', async () => {
    const on = await withOrders()
    const send = (name: string) => {
      const topicData = [{ name, partitionData: [{ index: 0, records: batchOf(['a']) }] }]
      const frame = requestFrame('Produce', 9, { acks: 0, timeoutMs: 1, topicData })
      return answerFrame(frame, on.broker, { host: '', signal: new AbortController().signal })
    }
    expect(await send('orders')).toEqual({ kind: 'none' })
    expect(on.broker.topics.get('orders')!.partitions[0]!.endOffset).toBe(1)
    expect((await send('nothing')).kind).toBe('close')
  })
})

it('a batch that claims LogAppendTime is kept with CreateTime, its CRC right', async () => {
  const records = [{ value: utf8('a'), timestamp: 5 }]
  const on = await withOrders(writeBatch({ records, timestampType: 'LogAppendTime' }))
  const kept = on.broker.topics.get('orders')!.partitions[0]!.read(0, 1e6, true)[0]!.bytes
  const plain = writeBatch({ records, partitionLeaderEpoch: 0 })
  expect(toHex(kept)).toBe(toHex(plain))
})

describe('an idempotent producer', () => {
  const batch = (baseSequence: number, count = 2, producerEpoch = 0) =>
    writeBatch({
      records: Array.from({ length: count }, () => ({ value: utf8('v') })),
      producerId: 5,
      producerEpoch,
      baseSequence,
    })
  const send = async (on: Bench, records: Uint8Array) =>
    at(await produceTo(on, 'orders', records), 'responses', 0, 'partitionResponses', 0)

  it('may send a batch again and gets the same offset', async () => {
    const on = await withOrders()
    for (const sequence of [0, 2, 4]) await send(on, batch(sequence))
    expect(await send(on, batch(2))).toMatchObject({ errorCode: 0, baseOffset: 2 })
    expect(on.broker.topics.get('orders')!.partitions[0]!.endOffset).toBe(6)
  })

  it('may not leave out a sequence number, nor use an epoch that is over', async () => {
    const on = await withOrders()
    await send(on, batch(0, 2, 1))
    expect(await send(on, batch(3, 2, 1))).toMatchObject({ errorCode: errorCode('OUT_OF_ORDER_SEQUENCE_NUMBER') })
    expect(await send(on, batch(2, 2, 0))).toMatchObject({ errorCode: errorCode('INVALID_PRODUCER_EPOCH') })
    expect(await send(on, batch(7, 2, 2))).toMatchObject({ errorCode: errorCode('OUT_OF_ORDER_SEQUENCE_NUMBER') })
    expect(await send(on, batch(0, 2, 2))).toMatchObject({ errorCode: 0, baseOffset: 2 })
  })

  it('goes on at 0 after the last sequence number', async () => {
    const on = await withOrders()
    expect(await send(on, batch(0x7fffffff, 2))).toMatchObject({ errorCode: 0 })
    expect(await send(on, batch(1, 2))).toMatchObject({ errorCode: 0, baseOffset: 2 })
  })

  it('gets an id of its own; an empty transactional id is none', async () => {
    const on = bench()
    const init = (transactionalId: string | null) =>
      ask(on, 'InitProducerId', 4, { transactionalId, transactionTimeoutMs: 60_000 })
    const ids = [await init(null), await init(null)]
    expect(ids.map(({ producerId, producerEpoch }) => [producerId, producerEpoch])).toEqual([
      [0, 0],
      [1, 0],
    ])
    expect((await init('')).errorCode).toBe(errorCode('INVALID_REQUEST'))
  })
})

describe('Fetch', () => {
  it('gives the batches from the one that holds the offset', async () => {
    const [a, b] = [batchOf(['a', 'b']), batchOf(['c'])]
    const on = await withOrders(a, b)
    const answer = await fetchFrom(on, { offset: 1 })
    expect(first(answer)).toMatchObject({ errorCode: 0, highWatermark: 3, lastStableOffset: 3, logStartOffset: 0 })
    expect(bytesOf(answer)).toHaveLength(a.length + b.length)
    expect(bytesOf(await fetchFrom(on, { offset: 2 }))).toHaveLength(b.length)
    expect(bytesOf(await fetchFrom(on, { offset: 3 }))).toHaveLength(0)
  })

  it.each([
    ['OFFSET_OUT_OF_RANGE', { offset: 4 }],
    ['OFFSET_OUT_OF_RANGE', { offset: -1 }],
    ['OFFSET_OUT_OF_RANGE', { offset: 9223372036854775807n }],
    ['UNKNOWN_TOPIC_OR_PARTITION', { topic: 'nothing' }],
    ['UNKNOWN_LEADER_EPOCH', { currentLeaderEpoch: 3 }],
  ])('says %s at once for %o', async (error, options) => {
    const on = await withOrders(batchOf(['a']))
    const answer = await fetchFrom(on, { ...options, maxWaitMs: 1e6 })
    expect(first(answer)).toMatchObject({ errorCode: errorCode(error), highWatermark: -1, records: '' })
  })

  it('goes by topic id from v13 on', async () => {
    const on = await withOrders(batchOf(['a']))
    const topicId = on.broker.topics.get('orders')!.id
    expect(bytesOf(await fetchFrom(on, { topicId }, 13)).length).toBeGreaterThan(0)
    const unknown = await fetchFrom(on, { topicId: 'AAAAAAAAAAAAAAAAAAAABQ' }, 17)
    expect(first(unknown)).toMatchObject({ errorCode: errorCode('UNKNOWN_TOPIC_ID') })
  })

  it('waits for minBytes', async () => {
    const on = await withOrders(batchOf(['a']))
    const size = batchOf(['a']).length
    const answer = fetchFrom(on, { maxWaitMs: 5000, minBytes: 2 * size })
    expect(await isDone(answer)).toBe(false)
    await produceTo(on, 'orders', batchOf(['b']))
    expect(bytesOf(await answer)).toHaveLength(2 * size)
    expect(on.clock.pending).toBe(0)
  })

  it('waits no longer than maxWaitMs, and gives what there is', async () => {
    const on = await withOrders(batchOf(['a']))
    const answer = fetchFrom(on, { maxWaitMs: 5000, minBytes: 1e6 })
    await on.clock.advance(4999)
    expect(await isDone(answer)).toBe(false)
    await on.clock.advance(1)
    expect(bytesOf(await answer).length).toBeGreaterThan(0)
  })

  it('ends its wait when the client is gone, or the topic', async () => {
    const on = await withOrders()
    const gone = new AbortController()
    const abandoned = fetchFrom(on, { maxWaitMs: 1e9 }, 12, gone.signal)
    const bereft = fetchFrom(on, { maxWaitMs: 1e9 })
    expect(await isDone(abandoned)).toBe(false)
    gone.abort()
    await abandoned
    await ask(on, 'DeleteTopics', 1, { topicNames: ['orders'] })
    await bereft
    expect(on.clock.pending).toBe(0)
  })

  it('gives one batch over the limits and no more; before v3 it is cut', async () => {
    const on = await withOrders(batchOf(['a']), batchOf(['b']))
    const size = batchOf(['a']).length
    expect(bytesOf(await fetchFrom(on, { partitionMaxBytes: 10 }))).toHaveLength(size)
    expect(bytesOf(await fetchFrom(on, { maxBytes: 10 }))).toHaveLength(size)
    expect(bytesOf(await fetchFrom(on, { partitionMaxBytes: 10 }, 2))).toHaveLength(10)
  })

  it.each([
    [0, -1, 0],
    [9, 1, errorCode('FETCH_SESSION_ID_NOT_FOUND')],
    [0, 1, errorCode('FETCH_SESSION_ID_NOT_FOUND')],
  ])('gives no session: id %i, epoch %i', async (sessionId, sessionEpoch, error) => {
    const on = await withOrders(batchOf(['a']))
    const answer = await fetchFrom(on, { session: { sessionId, sessionEpoch } })
    expect(answer).toMatchObject({ errorCode: error, sessionId: 0 })
    expect(at(answer, 'responses')).toHaveLength(error === 0 ? 1 : 0)
  })
})

describe('ListOffsets', () => {
  const list = async (on: Bench, timestamp: number | bigint, version = 11) =>
    at(
      await ask(on, 'ListOffsets', version, {
        replicaId: -1,
        topics: [
          {
            name: 'orders',
            partitions: [{ partitionIndex: 0, timestamp, ...(version === 0 && { maxNumOffsets: 9 }) }],
          },
        ],
      }),
      'topics',
      0,
      'partitions',
      0,
    )
  const compressed = writeBatch({
    codec: 'gzip',
    records: [5000, 9000, 7000].map((timestamp) => ({ timestamp, value: utf8('v') })),
  })

  it.each([
    [-1, 5, -1, 0],
    [-2, 0, -1, 0],
    [-3, 3, 9000, 0],
    [-4, 0, -1, 0],
    [-5, -1, -1, -1],
    [0, 0, 1000, 0],
    [1001, 1, 1001, 0],
    [1002, 2, 5000, 0],
    [5001, 3, 9000, 0],
    [9001, -1, -1, -1],
    [9223372036854775807n, -1, -1, -1],
  ])('finds for %s offset %i of time %i', async (timestamp, offset, time, leaderEpoch) => {
    const on = await withOrders(batchOf(['a', 'b'], 1000), compressed)
    expect(await list(on, timestamp)).toMatchObject({ errorCode: 0, offset, timestamp: time, leaderEpoch })
  })

  it('knows special times only from the versions on that have them', async () => {
    const on = await withOrders(compressed)
    expect(await list(on, -3, 6)).toMatchObject({ errorCode: errorCode('UNSUPPORTED_VERSION'), offset: -1 })
    expect(await list(on, -3, 7)).toMatchObject({ errorCode: 0, offset: 1 })
    expect(await list(on, -9)).toMatchObject({ errorCode: errorCode('UNSUPPORTED_VERSION') })
  })

  it('gives ends of segments in v0', async () => {
    const on = await withOrders(compressed)
    expect(await list(on, -1, 0)).toMatchObject({ oldStyleOffsets: [3, 0] })
    expect(await list(on, -2, 0)).toMatchObject({ oldStyleOffsets: [0] })
    expect(await list(on, 5, 0)).toMatchObject({ oldStyleOffsets: [] })
  })
})
