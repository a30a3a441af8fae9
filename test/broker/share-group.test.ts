/** Share groups (KIP-932) over the wire. */
import { beforeEach, describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { MEMBER } from './admin-requests.ts'
import { ask, at, type Bench, type Body, batchOf, bench, createTopic, produceTo, settle } from './helpers.ts'

const OTHER = 'AAAAAAAAAAAAAAAAAAAABQ'

let on: Bench
let topicId: string
/** The next epoch of each member's share session. */
let epochs: Map<string, number>
beforeEach(async () => {
  on = bench()
  epochs = new Map()
  await createTopic(on, 'orders', 2)
  topicId = on.broker.topics.get('orders')!.id
  await configure('share.auto.offset.reset', 'earliest')
  for (const memberId of [MEMBER, OTHER]) await beat(memberId, { memberEpoch: 0, subscribedTopicNames: ['orders'] })
})

type Fields = { readonly [field: string]: Encodable }
type Ack = readonly [first: number, last: number, ...types: number[]]

const beat = (memberId: string, fields: Fields): Promise<Body> =>
  ask(on, 'ShareGroupHeartbeat', 1, { groupId: 's', memberId, ...fields })

async function configure(name: string, value: string): Promise<void> {
  const configs = [{ name, configOperation: 0, value }]
  const resources = [{ resourceType: 32, resourceName: 's', configs }]
  const answer = await ask(on, 'IncrementalAlterConfigs', 1, { resources, validateOnly: false })
  expect(at(answer, 'responses', 0, 'errorCode')).toBe(0)
}

const produce = (...values: string[]): Promise<Body> => produceTo(on, 'orders', batchOf(values))

const topicsWith = (acks: readonly Ack[]): Encodable => [
  {
    topicId,
    partitions: [
      {
        partitionIndex: 0,
        acknowledgementBatches: acks.map(([firstOffset, lastOffset, ...acknowledgeTypes]) => ({
          firstOffset,
          lastOffset,
          acknowledgeTypes,
        })),
      },
    ],
  },
]

function nextEpoch(memberId: string, given?: number): number {
  const epoch = given ?? epochs.get(memberId) ?? 0
  if (epoch >= 0) epochs.set(memberId, epoch + 1)
  else epochs.delete(memberId)
  return epoch
}

/** The one partition of a ShareFetch's answer; undefined where it is not in it. */
async function fetch(memberId: string, fields: Fields = {}, acks: readonly Ack[] = [], epoch?: number) {
  const answer = await ask(on, 'ShareFetch', 2, {
    groupId: 's',
    memberId,
    shareSessionEpoch: nextEpoch(memberId, epoch),
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 1_000_000,
    maxRecords: 500,
    batchSize: 500,
    topics: topicsWith(acks),
    forgottenTopicsData: [],
    ...fields,
  })
  expect(answer.errorCode).toBe(0)
  return (answer.responses as Body[])[0] ? (at(answer, 'responses', 0, 'partitions', 0) as Body) : undefined
}

/** First and last offset and delivery count of what was acquired. */
const acquired = (partition: Body | undefined): unknown[] =>
  ((partition?.acquiredRecords ?? []) as Body[]).map((each) => [each.firstOffset, each.lastOffset, each.deliveryCount])

async function acknowledge(memberId: string, acks: readonly Ack[], fields: Fields = {}): Promise<unknown> {
  const shareSessionEpoch = nextEpoch(memberId)
  const topics = topicsWith(acks)
  const answer = await ask(on, 'ShareAcknowledge', 2, { groupId: 's', memberId, shareSessionEpoch, topics, ...fields })
  return at(answer, 'responses', 0, 'partitions', 0, 'errorCode')
}

const started = async (): Promise<unknown> => {
  const answer = await ask(on, 'DescribeShareGroupOffsets', 1, { groups: [{ groupId: 's', topics: null }] })
  const partition = at(answer, 'groups', 0, 'topics', 0, 'partitions', 0) as Body
  return [partition.startOffset, partition.lag]
}

describe('members of a share group', () => {
  it('share partitions, where there are fewer than members', async () => {
    const third = await beat('third', { memberEpoch: 0, subscribedTopicNames: ['orders'] })
    expect(third).toMatchObject({ errorCode: 0, heartbeatIntervalMs: 5000 })
    // Members learn of their new share with their next heartbeat.
    await beat(MEMBER, { memberEpoch: 2 })
    await beat(OTHER, { memberEpoch: 3 })
    const group = at(await ask(on, 'ShareGroupDescribe', 1, { groupIds: ['s'] }), 'groups', 0) as Body
    const read = (group.members as Body[]).flatMap((member) =>
      (at(member, 'assignment', 'topicPartitions') as Body[]).flatMap((topic) => topic.partitions as number[]),
    )
    expect(read.sort()).toEqual([0, 0, 1])
    expect(group).toMatchObject({ groupState: 'Stable', assignorName: 'simple' })
  })

  it('are fenced by epochs, forgotten when silent, and leave', async () => {
    expect((await beat(MEMBER, { memberEpoch: 9 })).errorCode).toBe(errorCode('FENCED_MEMBER_EPOCH'))
    expect((await beat('nobody', { memberEpoch: 1 })).errorCode).toBe(errorCode('UNKNOWN_MEMBER_ID'))
    expect(await beat(OTHER, { memberEpoch: -1 })).toMatchObject({ errorCode: 0, memberEpoch: -1 })
    await on.clock.advance(45_000)
    expect((await beat(MEMBER, { memberEpoch: 2 })).errorCode).toBe(errorCode('UNKNOWN_MEMBER_ID'))
  })
})

describe('records of a share group', () => {
  it('are each acquired by one member, and done when accepted', async () => {
    await produce('a', 'b', 'c')
    const first = await fetch(MEMBER)
    expect(acquired(first)).toEqual([[0, 2, 1]])
    expect((first!.records as string).length).toBeGreaterThan(0)
    expect(acquired(await fetch(OTHER))).toEqual([])
    expect(await acknowledge(MEMBER, [[0, 2, 1]])).toBe(0)
    expect(await started()).toEqual([3, 0])
    // What is done is no one's business any more.
    expect(await acknowledge(MEMBER, [[0, 2, 1]])).toBe(0)
  })

  it('are given to another when released, and to none when rejected', async () => {
    await produce('a', 'b', 'c', 'd')
    await fetch(MEMBER)
    expect(await acknowledge(MEMBER, [[0, 3, 1, 2, 3, 2]])).toBe(0)
    expect(await started()).toEqual([1, 2])
    expect(acquired(await fetch(OTHER))).toEqual([
      [1, 1, 2],
      [3, 3, 2],
    ])
  })

  it('are given to another when their lock ends, at most as often as the group says', async () => {
    await configure('share.delivery.count.limit', '2')
    await produce('a')
    expect(acquired(await fetch(MEMBER))).toEqual([[0, 0, 1]])
    await on.clock.advance(29_999)
    expect(acquired(await fetch(OTHER))).toEqual([])
    await on.clock.advance(1)
    expect(acquired(await fetch(OTHER))).toEqual([[0, 0, 2]])
    await on.clock.advance(30_000)
    expect(acquired(await fetch(MEMBER))).toEqual([])
    expect(await started()).toEqual([1, 0])
  })

  it('are kept longer by renewing (KIP-1222)', async () => {
    await produce('a')
    await fetch(MEMBER)
    await on.clock.advance(20_000)
    expect(await acknowledge(MEMBER, [[0, 0, 4]])).toBe(errorCode('INVALID_REQUEST'))
    expect(await acknowledge(MEMBER, [[0, 0, 4]], { isRenewAck: true })).toBe(0)
    await on.clock.advance(20_000)
    expect(acquired(await fetch(OTHER))).toEqual([])
    await on.clock.advance(10_000)
    expect(acquired(await fetch(OTHER))).toEqual([[0, 0, 2]])
  })

  it('are acknowledged by who has them, in sound batches, all of a partition or none', async () => {
    await produce('a', 'b', 'c')
    await fetch(MEMBER)
    await fetch(OTHER)
    const invalid = errorCode('INVALID_REQUEST')
    expect(await acknowledge(OTHER, [[0, 0, 1]])).toBe(errorCode('INVALID_RECORD_STATE'))
    expect(await acknowledge(MEMBER, [[1, 0, 1]])).toBe(invalid)
    expect(await acknowledge(MEMBER, [[0, 2, 1, 1]])).toBe(invalid)
    expect(await acknowledge(MEMBER, [[0, 2, 9]])).toBe(invalid)
    expect(await acknowledge(MEMBER, [[0, 9_000_000_000, 1]])).toBe(invalid)
    expect(
      await acknowledge(MEMBER, [
        [1, 1, 1],
        [0, 0, 1],
      ]),
    ).toBe(invalid)
    expect(await acknowledge(MEMBER, [[0, 0, 2]])).toBe(0)
    expect(await acknowledge(MEMBER, [[0, 2, 1]])).toBe(errorCode('INVALID_RECORD_STATE'))
    expect(await started()).toEqual([0, 3])
  })

  it('come in whole batches, or in the exact number where that is asked for (KIP-1206)', async () => {
    await produce('a', 'b', 'c')
    await produce('d')
    expect(acquired(await fetch(MEMBER, { maxRecords: 2, shareAcquireMode: 1 }))).toEqual([[0, 1, 1]])
    expect(acquired(await fetch(OTHER, { maxRecords: 1 }))).toEqual([[2, 2, 1]])
    expect(acquired(await fetch(OTHER))).toEqual([[3, 3, 1]])
  })

  it('are waited for', async () => {
    await fetch(MEMBER)
    const waiting = fetch(MEMBER, { maxWaitMs: 10_000 })
    await settle()
    await produce('a')
    expect(acquired(await waiting)).toEqual([[0, 0, 1]])
    await fetch(OTHER)
    const next = fetch(OTHER, { maxWaitMs: 60_000 })
    await settle()
    await on.clock.advance(30_000)
    expect(acquired(await next)).toEqual([[0, 0, 2]])
  })

  it('are taken from a session that ends, with its last request or its connection', async () => {
    await produce('a')
    await fetch(MEMBER)
    await fetch(MEMBER, { topics: [] }, [], -1)
    expect(acquired(await fetch(OTHER))).toEqual([[0, 0, 2]])
    const gone = new AbortController()
    const topics = topicsWith([])
    const request = { groupId: 's', memberId: OTHER, shareSessionEpoch: 0, maxWaitMs: 0, minBytes: 1, topics }
    const limits = { maxBytes: 1000, maxRecords: 10, batchSize: 10, forgottenTopicsData: [] }
    await ask(on, 'ShareFetch', 2, { ...request, ...limits }, { signal: gone.signal })
    gone.abort()
    expect(acquired(await fetch(MEMBER))).toEqual([[0, 0, 3]])
  })
})

describe('share sessions', () => {
  it('are known by their epochs', async () => {
    const error = async (api: string, shareSessionEpoch: number, acks: readonly Ack[] = []) => {
      const rest = { maxWaitMs: 0, minBytes: 1, maxBytes: 1, maxRecords: 1, batchSize: 1, forgottenTopicsData: [] }
      const fields = api === 'ShareFetch' ? rest : {}
      const request = { groupId: 's', memberId: MEMBER, shareSessionEpoch, topics: topicsWith(acks), ...fields }
      return (await ask(on, api, 2, request)).errorCode
    }
    const notFound = errorCode('SHARE_SESSION_NOT_FOUND')
    const wrongEpoch = errorCode('INVALID_SHARE_SESSION_EPOCH')
    expect(await error('ShareFetch', 1)).toBe(notFound)
    expect(await error('ShareFetch', 0, [[0, 0, 1]])).toBe(errorCode('INVALID_REQUEST'))
    expect(await error('ShareFetch', 0)).toBe(0)
    expect(await error('ShareFetch', 2)).toBe(wrongEpoch)
    expect(await error('ShareAcknowledge', 0)).toBe(wrongEpoch)
    expect(await error('ShareAcknowledge', 1)).toBe(0)
    expect(await error('ShareFetch', -1)).toBe(0)
    expect(await error('ShareAcknowledge', -1)).toBe(notFound)
  })
})

describe('offsets of a share group', () => {
  it('are moved and forgotten when nobody is in it', async () => {
    await produce('a', 'b', 'c')
    await fetch(MEMBER)
    const alter = async (startOffset: number) => {
      const partitions = [{ partitionIndex: 0, startOffset }]
      return ask(on, 'AlterShareGroupOffsets', 0, { groupId: 's', topics: [{ topicName: 'orders', partitions }] })
    }
    const remove = () => ask(on, 'DeleteShareGroupOffsets', 0, { groupId: 's', topics: [{ topicName: 'orders' }] })
    expect((await alter(2)).errorCode).toBe(errorCode('NON_EMPTY_GROUP'))
    for (const memberId of [MEMBER, OTHER]) await beat(memberId, { memberEpoch: -1 })
    expect(at(await alter(2), 'responses', 0, 'partitions', 0, 'errorCode')).toBe(0)
    expect(await started()).toEqual([2, 1])
    expect(at(await remove(), 'responses', 0, 'errorCode')).toBe(0)
    expect(at(await remove(), 'responses', 0, 'errorCode')).toBe(errorCode('UNKNOWN_TOPIC_OR_PARTITION'))
    expect(at(await ask(on, 'DeleteGroups', 2, { groupsNames: ['s'] }), 'results', 0, 'errorCode')).toBe(0)
  })

  it('go with the records that retention takes', async () => {
    await produce('a', 'b')
    await fetch(MEMBER)
    const partitions = [{ partitionIndex: 0, offset: 2 }]
    await ask(on, 'DeleteRecords', 2, { topics: [{ name: 'orders', partitions }], timeoutMs: 1 })
    await produce('c')
    expect(acquired(await fetch(OTHER))).toEqual([[2, 2, 1]])
    expect(await acknowledge(MEMBER, [[0, 1, 1]])).toBe(0)
    expect(await started()).toEqual([2, 1])
  })
})
