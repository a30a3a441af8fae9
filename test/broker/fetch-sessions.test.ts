import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { ask, at, type Bench, type Body, batchOf, bench, createTopic, produceTo, settle } from './helpers.ts'

async function withTopics(init = {}): Promise<Bench> {
  const on = bench(init)
  await createTopic(on, 'a', 2)
  await createTopic(on, 'b')
  return on
}

const part = (partition: number, fetchOffset = 0) => ({ partition, fetchOffset, partitionMaxBytes: 1e6 })

const fetch = (on: Bench, sessionId: number, sessionEpoch: number, topics: Encodable[], more = {}, version = 12) =>
  ask(on, 'Fetch', version, { maxWaitMs: 0, minBytes: 0, sessionId, sessionEpoch, topics, ...more })

/** Topics and partitions that an answer tells of: `a0 a1 b0`. */
const told = (answer: Body): string =>
  (answer.responses as Body[])
    .flatMap(({ topic, partitions }) => (partitions as Body[]).map((each) => `${topic}${each.partitionIndex}`))
    .join(' ')

const ALL = [
  { topic: 'a', partitions: [part(0), part(1)] },
  { topic: 'b', partitions: [part(0)] },
]

/** Begins a session over all partitions. */
async function begin(on: Bench, topics: Encodable[] = ALL): Promise<number> {
  const answer = await fetch(on, 0, 0, topics)
  expect(answer.errorCode).toBe(0)
  return answer.sessionId as number
}

describe('a fetch session', () => {
  it('begins with all partitions; then only news are told', async () => {
    const on = await withTopics()
    const first = await fetch(on, 0, 0, ALL)
    expect(told(first)).toBe('a0 a1 b0')
    const id = first.sessionId as number
    expect(id).toBeGreaterThan(0)
    expect(told(await fetch(on, id, 1, []))).toBe('')
    await produceTo(on, 'a', batchOf(['x']), 9, 1)
    expect(told(await fetch(on, id, 2, []))).toBe('a1')
    // It has got there: from its new offset there is nothing.
    expect(told(await fetch(on, id, 3, [{ topic: 'a', partitions: [part(1, 1)] }]))).toBe('')
  })

  it('forgets and learns partitions', async () => {
    const on = await withTopics()
    const id = await begin(on, [{ topic: 'a', partitions: [part(0)] }])
    await produceTo(on, 'a', batchOf(['x']))
    await produceTo(on, 'b', batchOf(['y']))
    const forgottenTopicsData = [{ topic: 'a', partitions: [0] }]
    const answer = await fetch(on, id, 1, [{ topic: 'b', partitions: [part(0)] }], { forgottenTopicsData })
    expect(told(answer)).toBe('b0')
  })

  it('that loses its last partition ends', async () => {
    const on = await withTopics()
    const id = await begin(on, [{ topic: 'a', partitions: [part(0)] }])
    const forgottenTopicsData = [{ topic: 'a', partitions: [0] }]
    expect(await fetch(on, id, 1, [], { forgottenTopicsData })).toMatchObject({ errorCode: 0, sessionId: 0 })
    expect((await fetch(on, id, 2, [])).errorCode).toBe(errorCode('FETCH_SESSION_ID_NOT_FOUND'))
  })

  it('tells of an error every time, and once more when it is over', async () => {
    const on = await withTopics()
    const id = await begin(on, [{ topic: 'a', partitions: [part(0)] }])
    const far = [{ topic: 'a', partitions: [part(0, 5)] }]
    for (const epoch of [1, 2]) {
      const answer = await fetch(on, id, epoch, epoch === 1 ? far : [])
      expect(at(answer, 'responses', 0, 'partitions', 0, 'errorCode')).toBe(errorCode('OFFSET_OUT_OF_RANGE'))
    }
    expect(told(await fetch(on, id, 3, [{ topic: 'a', partitions: [part(0)] }]))).toBe('a0')
    expect(told(await fetch(on, id, 4, []))).toBe('')
  })

  it('tells of a log that begins later', async () => {
    const on = await withTopics()
    await produceTo(on, 'a', batchOf(['x', 'y']))
    const id = await begin(on, [{ topic: 'a', partitions: [part(0, 2)] }])
    const topics = [{ name: 'a', partitions: [{ partitionIndex: 0, offset: 1 }] }]
    await ask(on, 'DeleteRecords', 2, { topics, timeoutMs: 1 })
    const answer = await fetch(on, id, 1, [])
    expect(at(answer, 'responses', 0, 'partitions', 0)).toMatchObject({
      logStartOffset: 1,
      highWatermark: 2,
      records: '',
    })
  })

  it('waits for news in partitions that the request does not name', async () => {
    const on = await withTopics()
    const id = await begin(on)
    let done: Body | undefined
    const asked = fetch(on, id, 1, [], { maxWaitMs: 5000, minBytes: 1 }).then((answer) => {
      done = answer
    })
    await settle()
    expect(done).toBeUndefined()
    await produceTo(on, 'b', batchOf(['x']))
    await asked
    expect(told(done!)).toBe('b0')
  })

  it('lets no partition starve another: what gave records is read last', async () => {
    const on = await withTopics()
    const id = await begin(on, [{ topic: 'a', partitions: [part(0), part(1)] }])
    for (const index of [0, 1]) await produceTo(on, 'a', batchOf(['x'.repeat(500)]), 9, index)
    const order = []
    for (const epoch of [1, 2, 3]) {
      const answer = await fetch(on, id, epoch, [], { maxBytes: 10 })
      order.push(
        told(answer)
          .split(' ')
          .find((_, i) => at(answer, 'responses', 0, 'partitions', i, 'records') !== ''),
      )
    }
    expect(order).toEqual(['a0', 'a1', 'a0'])
  })

  it.each([
    ['INVALID_FETCH_SESSION_EPOCH', 0, 2],
    ['INVALID_FETCH_SESSION_EPOCH', 0, 7],
    ['FETCH_SESSION_ID_NOT_FOUND', 1, 1],
  ])('says %s', async (error, otherId, epoch) => {
    const on = await withTopics()
    const id = await begin(on)
    const answer = await fetch(on, id + otherId, epoch, [])
    expect(answer).toMatchObject({ errorCode: errorCode(error), responses: [] })
    // It goes on as if nothing had been asked.
    expect((await fetch(on, id, 1, [])).errorCode).toBe(0)
  })

  it('by names can not go on by topic ids', async () => {
    const on = await withTopics()
    const id = await begin(on)
    expect((await fetch(on, id, 1, [], {}, 13)).errorCode).toBe(errorCode('FETCH_SESSION_TOPIC_ID_ERROR'))
  })

  it('ends when its reader begins anew, or says so', async () => {
    const on = await withTopics()
    const first = await begin(on)
    const second = (await fetch(on, first, 0, ALL)).sessionId as number
    expect(second).not.toBe(first)
    expect((await fetch(on, first, 1, [])).errorCode).toBe(errorCode('FETCH_SESSION_ID_NOT_FOUND'))
    expect(await fetch(on, second, -1, ALL)).toMatchObject({ errorCode: 0, sessionId: 0 })
    expect(on.broker.fetchSessions.size).toBe(0)
  })

  it('makes room when it was not used for two minutes; without room there is none', async () => {
    const on = await withTopics({ fetchSessionSlots: 2 })
    const [old, used] = [await begin(on), await begin(on)]
    expect(await fetch(on, 0, 0, ALL)).toMatchObject({ errorCode: 0, sessionId: 0 })
    await on.clock.advance(100_000)
    await fetch(on, used, 1, [])
    await on.clock.advance(30_000)
    expect(await begin(on)).toBeGreaterThan(0)
    expect((await fetch(on, old, 1, [])).errorCode).toBe(errorCode('FETCH_SESSION_ID_NOT_FOUND'))
    expect((await fetch(on, used, 2, [])).errorCode).toBe(0)
  })

  it('of many partitions takes the place of an older one of few', async () => {
    const on = await withTopics({ fetchSessionSlots: 1 })
    const small = await begin(on, [{ topic: 'b', partitions: [part(0)] }])
    await on.clock.advance(110_000)
    await fetch(on, small, 1, [])
    expect((await fetch(on, 0, 0, ALL)).sessionId).toBe(0)
    await on.clock.advance(20_000)
    expect(await begin(on)).toBeGreaterThan(0)
    expect((await fetch(on, small, 2, [])).errorCode).toBe(errorCode('FETCH_SESSION_ID_NOT_FOUND'))
  })
})
