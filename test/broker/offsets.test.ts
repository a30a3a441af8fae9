import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { ask, at, type Bench, bench, createTopic, settle, utf8 } from './helpers.ts'

async function orders(init = {}): Promise<Bench> {
  const on = bench({ initialRebalanceDelayMs: 0, ...init })
  await createTopic(on, 'orders', 2)
  return on
}

interface Commit {
  readonly version?: number
  readonly offset?: number | bigint
  readonly partition?: number
  readonly metadata?: string | null
  readonly topic?: { readonly name?: string; readonly topicId?: string }
  readonly group?: string
  readonly member?: { readonly [field: string]: Encodable }
}

async function commit(on: Bench, c: Commit = {}): Promise<number> {
  const { version = 7, offset = 42, partition = 0, metadata = 'note', topic = { name: 'orders' }, group = 'g' } = c
  const partitions = [{ partitionIndex: partition, committedOffset: offset, committedMetadata: metadata }]
  const answer = await ask(on, 'OffsetCommit', version, {
    groupId: group,
    ...c.member,
    topics: [{ ...topic, partitions }],
  })
  return at(answer, 'topics', 0, 'partitions', 0, 'errorCode') as number
}

describe('committed offsets', () => {
  it.each([0, 1, 2, 5, 6, 7])('are given back: v%i', async (version) => {
    const on = await orders()
    expect(await commit(on, { version: 2 })).toBe(0)
    const answer = await ask(on, 'OffsetFetch', version, {
      groupId: 'g',
      topics: [{ name: 'orders', partitionIndexes: [0, 1] }],
    })
    const [first, second] = at(answer, 'topics', 0, 'partitions') as never[]
    expect(first).toMatchObject({ partitionIndex: 0, committedOffset: 42, metadata: 'note', errorCode: 0 })
    expect(second).toMatchObject({ partitionIndex: 1, committedOffset: -1, metadata: '', errorCode: 0 })
  })

  it('are given back for many groups, all topics or those asked for', async () => {
    const on = await orders()
    await commit(on, { group: 'a', offset: 9007199254740993n })
    await commit(on, { group: 'b', partition: 1 })
    const answer = await ask(on, 'OffsetFetch', 9, {
      groups: [
        { groupId: 'a', topics: null },
        { groupId: 'b', topics: [{ name: 'orders', partitionIndexes: [1] }] },
        { groupId: 'c', topics: null },
      ],
    })
    expect(at(answer, 'groups', 0, 'topics', 0, 'partitions')).toEqual([
      {
        partitionIndex: 0,
        committedOffset: 9007199254740993n,
        committedLeaderEpoch: -1,
        metadata: 'note',
        errorCode: 0,
      },
    ])
    expect(at(answer, 'groups', 1, 'topics', 0, 'partitions', 0, 'committedOffset')).toBe(42)
    expect(at(answer, 'groups', 2, 'topics')).toEqual([])
  })

  it('go by topic id from v10 on', async () => {
    const on = await orders()
    const topicId = on.broker.topics.get('orders')!.id
    expect(await commit(on, { version: 10, topic: { topicId } })).toBe(0)
    expect(await commit(on, { version: 10, topic: { topicId: 'AAAAAAAAAAAAAAAAAAAABQ' } })).toBe(
      errorCode('UNKNOWN_TOPIC_ID'),
    )
    const fetch = (topics: Encodable) => ask(on, 'OffsetFetch', 10, { groups: [{ groupId: 'g', topics }] })
    const one = await fetch([{ topicId, partitionIndexes: [0] }])
    expect(at(one, 'groups', 0, 'topics', 0)).toMatchObject({ topicId, partitions: [{ committedOffset: 42 }] })
    expect(at(await fetch(null), 'groups', 0, 'topics', 0, 'topicId')).toBe(topicId)
  })

  it.each([
    ['UNKNOWN_TOPIC_OR_PARTITION', { partition: 2 }],
    ['UNKNOWN_TOPIC_OR_PARTITION', { partition: -1 }],
    ['UNKNOWN_TOPIC_OR_PARTITION', { topic: { name: 'nothing' } }],
    ['OFFSET_METADATA_TOO_LARGE', { metadata: 'x'.repeat(4097) }],
    ['NONE', { group: '' }],
    ['ILLEGAL_GENERATION', { member: { generationIdOrMemberEpoch: 3, memberId: 'm' } }],
    ['NONE', { metadata: null }],
  ])('are refused with %s for %o', async (error, options) => {
    expect(await commit(await orders(), options)).toBe(errorCode(error))
  })

  it('are at most so many', async () => {
    const on = await orders({ maxOffsets: 1 })
    expect(await commit(on)).toBe(0)
    expect(await commit(on, { offset: 43 })).toBe(0)
    expect(await commit(on, { partition: 1 })).toBe(errorCode('COORDINATOR_NOT_AVAILABLE'))
  })

  it('of a group with members are theirs to commit, in their generation', async () => {
    const on = await orders()
    const joining = ask(on, 'JoinGroup', 2, {
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      memberId: '',
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: utf8('') }],
    })
    await settle()
    await on.clock.advance(1)
    const { memberId } = await joining
    const member = { generationIdOrMemberEpoch: 1, memberId: memberId! }
    expect(await commit(on, { member })).toBe(errorCode('REBALANCE_IN_PROGRESS'))
    await ask(on, 'SyncGroup', 2, { groupId: 'g', generationId: 1, memberId: memberId!, assignments: [] })
    expect(await commit(on, { member })).toBe(0)
    expect(await commit(on, { member: { ...member, generationIdOrMemberEpoch: 2 } })).toBe(
      errorCode('ILLEGAL_GENERATION'),
    )
    expect(await commit(on, { member: { ...member, memberId: 'x' } })).toBe(errorCode('UNKNOWN_MEMBER_ID'))
    expect(await commit(on)).toBe(errorCode('UNKNOWN_MEMBER_ID'))
  })
})
