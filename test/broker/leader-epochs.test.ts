import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { LeaderEpochs } from '../../src/broker/leader-epochs.ts'
import { ask, at, type Bench, batchOf, bench, createTopic, produceTo } from './helpers.ts'

describe('leader epochs of a log', () => {
  /** 0 wrote up to 3, 1 nothing, 2 up to 5, 3 is current. */
  function epochs(): LeaderEpochs {
    const epochs = new LeaderEpochs()
    for (const end of [3, 3, 5]) epochs.next(end)
    return epochs
  }

  it.each([
    [0, 0, 3],
    [1, 0, 3],
    [2, 2, 5],
    [3, 3, 9],
    [4, -1, -1],
    [-1, -1, -1],
  ])('epoch %i ends, as %i, at %i', (asked, epoch, endOffset) => {
    expect(epochs().endOf(asked, 9)).toEqual({ epoch, endOffset })
  })

  it.each([
    [0, 0],
    [2, 0],
    [3, 2],
    [4, 2],
    [5, 3],
    [99, 3],
  ])('offset %i was written by %i', (offset, epoch) => {
    expect(epochs().at(offset)).toBe(epoch)
  })

  it('of what is gone nothing is known but that it was before', () => {
    const kept = epochs()
    kept.truncateBefore(4)
    expect(kept.endOf(0, 9)).toEqual({ epoch: 0, endOffset: 4 })
    expect(kept.endOf(2, 9)).toEqual({ epoch: 2, endOffset: 5 })
  })
})

/** Two records of epoch 0, then one of epoch 1. */
async function afterChange(): Promise<Bench> {
  const on = bench()
  await createTopic(on, 'orders')
  await produceTo(on, 'orders', batchOf(['a', 'b']))
  on.broker.topics.get('orders')!.partitions[0]!.newLeaderEpoch()
  await produceTo(on, 'orders', batchOf(['c']))
  return on
}

const fetch = async (on: Bench, more: { [field: string]: number }, version = 12) =>
  await ask(on, 'Fetch', version, {
    ...{ maxWaitMs: 0, minBytes: 0 },
    topics: [
      {
        topic: 'orders',
        topicId: on.broker.topics.get('orders')!.id,
        partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6, ...more }],
      },
    ],
  })

describe('a client of before the leader changed', () => {
  it('is told that its epoch is over, and who leads now (KIP-951)', async () => {
    const on = await afterChange()
    const answer = await fetch(on, { currentLeaderEpoch: 0 }, 16)
    expect(at(answer, 'responses', 0, 'partitions', 0)).toMatchObject({
      errorCode: errorCode('FENCED_LEADER_EPOCH'),
      currentLeader: { leaderId: 1, leaderEpoch: 1 },
    })
    expect(at(answer, 'nodeEndpoints', 0)).toMatchObject({ nodeId: 1, host: 'broker.test', port: 9092 })
    const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, currentLeaderEpoch: 0, timestamp: -1 }] }]
    const listed = await ask(on, 'ListOffsets', 6, { replicaId: -1, topics })
    expect(at(listed, 'topics', 0, 'partitions', 0, 'errorCode')).toBe(errorCode('FENCED_LEADER_EPOCH'))
  })

  it('is told where its log and this one part ways (KIP-595)', async () => {
    const on = await afterChange()
    const answer = await fetch(on, { fetchOffset: 3, lastFetchedEpoch: 0 })
    expect(at(answer, 'responses', 0, 'partitions', 0)).toMatchObject({
      errorCode: 0,
      divergingEpoch: { epoch: 0, endOffset: 2 },
      records: '',
    })
    const fine = await fetch(on, { fetchOffset: 2, lastFetchedEpoch: 0 })
    expect(at(fine, 'responses', 0, 'partitions', 0, 'records')).not.toBe('')
  })

  it('can ask where an epoch ends', async () => {
    const on = await afterChange()
    const partitions = [{ partition: 0, currentLeaderEpoch: 1, leaderEpoch: 0 }]
    const answer = await ask(on, 'OffsetForLeaderEpoch', 4, {
      replicaId: -1,
      topics: [{ topic: 'orders', partitions }],
    })
    expect(at(answer, 'topics', 0, 'partitions', 0)).toMatchObject({ errorCode: 0, leaderEpoch: 0, endOffset: 2 })
  })
})
