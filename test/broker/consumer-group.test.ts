/** KIP-848 groups over the wire: what Apache Kafka 4.4.0 was seen to answer. */
import { beforeEach, describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { ask, at, type Bench, type Body, bench, createTopic, utf8 } from './helpers.ts'

let on: Bench
let topicId: string
beforeEach(async () => {
  on = bench()
  await createTopic(on, 'orders', 4)
  topicId = on.broker.topics.get('orders')!.id
})

type Fields = { readonly [field: string]: Encodable }

const JOIN = { memberEpoch: 0, rebalanceTimeoutMs: 60_000, subscribedTopicNames: ['orders'], topicPartitions: [] }
const beat = (memberId: string, fields: Fields, version = 1): Promise<Body> =>
  ask(on, 'ConsumerGroupHeartbeat', version, { groupId: 'g', memberId, rebalanceTimeoutMs: -1, ...fields })
const join = (memberId: string, fields: Fields = {}): Promise<Body> => beat(memberId, { ...JOIN, ...fields })
const owned = (partitions: readonly number[]): Encodable => (partitions.length > 0 ? [{ topicId, partitions }] : [])
const partitions = (answer: Body): unknown =>
  answer.assignment === null ? null : ((at(answer, 'assignment', 'topicPartitions', 0) as Body)?.partitions ?? [])
const describeGroup = async (): Promise<Body> =>
  at(await ask(on, 'ConsumerGroupDescribe', 1, { groupIds: ['g'] }), 'groups', 0) as Body
const commit = async (memberId: string, epoch: number, of: number[], version = 9): Promise<unknown[]> => {
  const list = of.map((partitionIndex) => ({ partitionIndex, committedOffset: 1, committedMetadata: '' }))
  const answer = await ask(on, 'OffsetCommit', version, {
    groupId: 'g',
    memberId,
    generationIdOrMemberEpoch: epoch,
    topics: [{ name: 'orders', topicId, partitions: list }],
  })
  return (at(answer, 'topics', 0, 'partitions') as Body[]).map((partition) => partition.errorCode)
}

describe('a consumer group', () => {
  it('gives all to the first member, and tells it again only when asked', async () => {
    const joined = await join('a')
    expect(joined).toMatchObject({ errorCode: 0, memberId: 'a', memberEpoch: 2, heartbeatIntervalMs: 5000 })
    expect(partitions(joined)).toEqual([0, 1, 2, 3])
    expect((await beat('a', { memberEpoch: 2 })).assignment).toBeNull()
    expect(partitions(await beat('a', { ...JOIN, memberEpoch: 2, topicPartitions: owned([0, 1, 2, 3]) }))).toHaveLength(
      4,
    )
  })

  it('takes partitions from their owner before another one gets them', async () => {
    await join('a')
    const second = await join('b')
    expect([second.memberEpoch, partitions(second)]).toEqual([3, []])
    const revoked = await beat('a', { memberEpoch: 2 })
    expect([revoked.memberEpoch, partitions(revoked)]).toEqual([2, [2, 3]])
    // Not yet: it says nothing of what it owns, or owns them still.
    expect(partitions(await beat('b', { memberEpoch: 3 }))).toBeNull()
    expect((await beat('a', { memberEpoch: 2, topicPartitions: owned([0, 1, 2, 3]) })).memberEpoch).toBe(2)
    expect(await describeGroup()).toMatchObject({ groupState: 'Reconciling', groupEpoch: 3, assignmentEpoch: 3 })
    expect((await beat('a', { memberEpoch: 2, topicPartitions: owned([2, 3]) })).memberEpoch).toBe(3)
    expect(partitions(await beat('b', { memberEpoch: 3 }))).toEqual([0, 1])
    expect(await describeGroup()).toMatchObject({ groupState: 'Stable', assignorName: 'uniform' })
  })

  it('fences members of other epochs, but for one whose answer was lost', async () => {
    await join('a')
    await join('b')
    await beat('a', { memberEpoch: 2 })
    await beat('a', { memberEpoch: 2, topicPartitions: owned([2, 3]) })
    const error = async (memberEpoch: number, topicPartitions: Encodable) =>
      (await beat('a', { memberEpoch, topicPartitions })).errorCode
    const fenced = errorCode('FENCED_MEMBER_EPOCH')
    expect(await error(4, owned([2, 3]))).toBe(fenced)
    expect(await error(2, owned([2, 3]))).toBe(0)
    expect(await error(2, null)).toBe(fenced)
    expect(await error(2, owned([0, 2]))).toBe(fenced)
    expect(await error(1, owned([2]))).toBe(fenced)
    expect((await beat('nobody', { memberEpoch: 3 })).errorCode).toBe(errorCode('UNKNOWN_MEMBER_ID'))
  })

  it('forgets who is silent for a session, and fences who does not let go in time', async () => {
    await join('a', { rebalanceTimeoutMs: 20_000 })
    await join('b')
    await beat('a', { memberEpoch: 2 })
    for (let i = 0; i < 2; i++) {
      await on.clock.advance(9_000)
      expect((await beat('a', { memberEpoch: 2 })).errorCode).toBe(0)
    }
    await on.clock.advance(2_000)
    expect((await beat('a', { memberEpoch: 2 })).errorCode).toBe(errorCode('UNKNOWN_MEMBER_ID'))
    expect(partitions(await beat('b', { memberEpoch: 3 }))).toEqual([0, 1, 2, 3])
    await on.clock.advance(44_999)
    expect(await describeGroup()).toMatchObject({ groupState: 'Stable' })
    await on.clock.advance(1)
    expect(await describeGroup()).toMatchObject({ groupState: 'Empty', members: [] })
  })

  it('keeps the place of a static member that comes back under another id', async () => {
    await join('a', { instanceId: 'i' })
    expect((await join('b', { instanceId: 'i' })).errorCode).toBe(errorCode('UNRELEASED_INSTANCE_ID'))
    expect((await beat('b', { instanceId: 'i', memberEpoch: 2 })).errorCode).toBe(errorCode('FENCED_INSTANCE_ID'))
    expect(await beat('a', { instanceId: 'i', memberEpoch: -2 })).toMatchObject({ errorCode: 0, memberEpoch: -2 })
    const back = await join('b', { instanceId: 'i' })
    expect([back.memberEpoch, partitions(back)]).toEqual([2, [0, 1, 2, 3]])
    await beat('b', { instanceId: 'i', memberEpoch: -2 })
    await on.clock.advance(45_000)
    expect(await describeGroup()).toMatchObject({ groupState: 'Empty' })
  })

  it('follows topics that come and grow, by name and by expression', async () => {
    await join('a', { subscribedTopicNames: null, subscribedTopicRegex: 'ord.*|later' })
    await beat('a', { memberEpoch: 1 })
    await createTopic(on, 'later', 1)
    const grown = await beat('a', { memberEpoch: 2 })
    expect(grown.memberEpoch).toBe(3)
    expect(at(grown, 'assignment', 'topicPartitions')).toHaveLength(2)
    await ask(on, 'CreatePartitions', 3, { topics: [{ name: 'orders', count: 6, assignments: null }] })
    expect(partitions(await beat('a', { memberEpoch: 3 }))).toHaveLength(6)
    const bad = await join('c', { subscribedTopicNames: null, subscribedTopicRegex: '((' })
    expect(bad.errorCode).toBe(errorCode('INVALID_REGULAR_EXPRESSION'))
  })

  it('finds what a new expression stands for by the next heartbeat, names at once', async () => {
    await createTopic(on, 'later', 1)
    const joined = await join('a', { subscribedTopicRegex: 'la.*' })
    expect([joined.memberEpoch, partitions(joined)]).toEqual([2, [0, 1, 2, 3]])
    const next = await beat('a', { memberEpoch: 2 })
    expect(next.memberEpoch).toBe(3)
    expect(at(next, 'assignment', 'topicPartitions')).toHaveLength(2)
    expect((await beat('a', { memberEpoch: 3 })).assignment).toBeNull()
  })

  it('takes a member whose expression is empty: it subscribes to nothing yet', async () => {
    const joined = await join('a', { subscribedTopicNames: null, subscribedTopicRegex: '' })
    expect(joined).toMatchObject({ errorCode: 0, memberEpoch: 1 })
    expect(at(joined, 'assignment', 'topicPartitions')).toEqual([])
    expect(partitions(await beat('a', { memberEpoch: 1, subscribedTopicNames: ['orders'] }))).toEqual([0, 1, 2, 3])
  })

  it('uses the assignor that most members ask for', async () => {
    await createTopic(on, 'more', 4)
    await join('a', { serverAssignor: 'range', subscribedTopicNames: ['orders', 'more'] })
    await join('b', { serverAssignor: 'range', subscribedTopicNames: ['orders', 'more'] })
    const group = await describeGroup()
    expect(group.assignorName).toBe('range')
    const target = at(group, 'members', 0, 'targetAssignment', 'topicPartitions') as Body[]
    expect(target.map((topic) => topic.partitions)).toEqual([
      [0, 1],
      [0, 1],
    ])
    expect((await join('c', { serverAssignor: 'best' })).errorCode).toBe(errorCode('UNSUPPORTED_ASSIGNOR'))
  })

  it.each<[string, Fields, string]>([
    ['no group id', { groupId: '' }, 'INVALID_REQUEST'],
    ['an epoch that is none', { memberEpoch: -3 }, 'INVALID_REQUEST'],
    ['leaving for a while without an instance', { memberEpoch: -2 }, 'INVALID_REQUEST'],
    [
      'partitions of one who joins',
      { topicPartitions: [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partitions: [0] }] },
      'INVALID_REQUEST',
    ],
    ['no subscription', { subscribedTopicNames: null }, 'INVALID_REQUEST'],
    ['no rebalance timeout', { rebalanceTimeoutMs: -1 }, 'INVALID_REQUEST'],
    ['an empty instance id', { instanceId: '' }, 'INVALID_REQUEST'],
    ['an empty rack', { rackId: '' }, 'INVALID_REQUEST'],
    ['a group that is not there', { memberEpoch: 1 }, 'GROUP_ID_NOT_FOUND'],
  ])('refuses %s', async (_, fields, error) => {
    expect((await join('a', fields)).errorCode).toBe(errorCode(error))
  })

  it('makes ids for clients of v0, which need not have one', async () => {
    const joined = await beat('', JOIN, 0)
    expect(joined.memberId).toMatch(/^[\w-]{22}$/)
    expect((await join('')).errorCode).toBe(errorCode('INVALID_REQUEST'))
  })
})

describe('offsets of a consumer group', () => {
  it('are committed with the epoch that the member has, or had since it has the partition (KIP-1251)', async () => {
    await join('a')
    await join('b')
    await beat('a', { memberEpoch: 2 })
    await beat('a', { memberEpoch: 2, topicPartitions: owned([2, 3]) })
    const stale = errorCode('STALE_MEMBER_EPOCH')
    expect(await commit('a', 3, [0, 1, 2, 3])).toEqual([0, 0, 0, 0])
    expect(await commit('a', 2, [2])).toEqual([0])
    expect(await commit('a', 2, [0, 2])).toEqual([stale, stale])
    expect(await commit('a', 4, [2])).toEqual([stale])
    expect(await commit('a', 3, [2], 8)).toEqual([errorCode('UNSUPPORTED_VERSION')])
    expect(await commit('nobody', 3, [2])).toEqual([errorCode('UNKNOWN_MEMBER_ID')])
  })

  it('are told to members of this epoch and to who is none', async () => {
    await join('a')
    await commit('a', 2, [0])
    const fetch = async (memberId: string | null, memberEpoch: number) => {
      const topics = [{ name: 'orders', partitionIndexes: [0] }]
      const answer = await ask(on, 'OffsetFetch', 9, { groups: [{ groupId: 'g', memberId, memberEpoch, topics }] })
      return at(answer, 'groups', 0, 'errorCode')
    }
    expect(await fetch('a', 2)).toBe(0)
    expect(await fetch(null, -1)).toBe(0)
    expect(await fetch('a', 1)).toBe(errorCode('STALE_MEMBER_EPOCH'))
    expect(await fetch('b', 2)).toBe(errorCode('UNKNOWN_MEMBER_ID'))
  })

  it('are deleted only of topics that nobody reads, and with the group when it is empty', async () => {
    await join('a')
    await commit('a', 2, [0])
    const remove = async (): Promise<unknown> => {
      const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }]
      const answer = await ask(on, 'OffsetDelete', 0, { groupId: 'g', topics })
      return at(answer, 'topics', 0, 'partitions', 0, 'errorCode')
    }
    const removeGroup = async () =>
      at(await ask(on, 'DeleteGroups', 2, { groupsNames: ['g'] }), 'results', 0, 'errorCode')
    expect(await remove()).toBe(errorCode('GROUP_SUBSCRIBED_TO_TOPIC'))
    expect(await removeGroup()).toBe(errorCode('NON_EMPTY_GROUP'))
    await beat('a', { memberEpoch: -1 })
    expect(await remove()).toBe(0)
    expect(on.broker.offsets.has('g')).toBe(false)
    expect(await removeGroup()).toBe(0)
    expect(await describeGroup()).toMatchObject({ errorCode: errorCode('GROUP_ID_NOT_FOUND') })
  })
})

describe('types of groups', () => {
  const classicJoin = async (): Promise<unknown> => {
    const answer = ask(on, 'JoinGroup', 3, {
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      memberId: '',
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: utf8('m') }],
    })
    await on.clock.advance(5000)
    return (await answer).errorCode
  }
  const listed = async () =>
    ((await ask(on, 'ListGroups', 5, {})).groups as Body[]).map((group) => [group.groupType, group.groupState])

  it('do not mix: a group with members keeps its type, an empty one takes another', async () => {
    await join('a')
    expect(await classicJoin()).toBe(errorCode('INCONSISTENT_GROUP_PROTOCOL'))
    expect(await listed()).toEqual([['consumer', 'Stable']])
    await beat('a', { memberEpoch: -1 })
    expect(await classicJoin()).toBe(0)
    expect(await listed()).toEqual([['classic', 'CompletingRebalance']])
    expect((await join('a')).errorCode).toBe(errorCode('GROUP_ID_NOT_FOUND'))
    const share = { groupId: 'g', memberId: 'a', memberEpoch: 0, subscribedTopicNames: ['orders'] }
    expect((await ask(on, 'ShareGroupHeartbeat', 1, share)).errorCode).toBe(errorCode('GROUP_ID_NOT_FOUND'))
  })

  it('are filtered by type and state', async () => {
    await join('a')
    const filtered = async (typesFilter: string[], statesFilter: string[]) =>
      ((await ask(on, 'ListGroups', 5, { typesFilter, statesFilter })).groups as Body[]).length
    expect(await filtered(['Consumer'], ['stable'])).toBe(1)
    expect(await filtered(['classic'], [])).toBe(0)
    expect(await filtered([], ['Empty'])).toBe(0)
  })

  it('LeaveGroup sends members of a consumer group away (KIP-345)', async () => {
    await join('a')
    const answer = await ask(on, 'LeaveGroup', 4, { groupId: 'g', members: [{ memberId: 'a' }, { memberId: 'b' }] })
    expect((answer.members as Body[]).map((each) => each.errorCode)).toEqual([0, errorCode('UNKNOWN_MEMBER_ID')])
    expect(await describeGroup()).toMatchObject({ groupState: 'Empty' })
  })
})
