/** The new protocol, in which heartbeats do all. */
import { describe, expect, test } from 'vitest'
import { codesOf } from './beginnings.ts'
import { type Client, Conversation } from './conversation.ts'

describe('KIP-848', () => {
  const ID = '0123456789abcdefghijkw'
  const topicId = Buffer.from(ID, 'base64url')

  function start(subscribed = ['t']) {
    const talk = new Conversation()
    talk
      .client('m')
      .ask('Metadata', 10, {})
      .answer({ topics: [{ name: 't', topicId: ID, partitions: [] }] })
    const a = talk.client('a')
    const b = talk.client('b')
    beat(a, 'a-1', 0, 1, [0, 1], { subscribedTopicNames: subscribed })
    return { talk, a, b }
  }

  const given = (partitions: readonly number[]) => [{ topicId: ID, partitions: [...partitions] }]

  function beat(
    client: Client,
    memberId: string,
    epoch: number,
    told: number,
    partitions: readonly number[] | null,
    more: object = {},
  ) {
    client
      .ask('ConsumerGroupHeartbeat', 1, {
        memberId,
        memberEpoch: epoch,
        rebalanceTimeoutMs: 60_000,
        ...(epoch === 0 ? { subscribedTopicNames: ['t'] } : {}),
        topicPartitions: null,
        ...more,
      })
      .answer({
        memberId,
        memberEpoch: told,
        heartbeatIntervalMs: 5000,
        assignment: partitions && { topicPartitions: given(partitions) },
      })
  }

  test('a partition that is given back first is sound', () => {
    const { talk, a, b } = start()
    beat(b, 'b-1', 0, 2, [])
    beat(a, 'a-1', 1, 1, [0])
    beat(b, 'b-1', 2, 2, null)
    beat(a, 'a-1', 1, 2, [0], { topicPartitions: given([0]) })
    beat(b, 'b-1', 2, 2, [1])
    beat(a, 'a-1', 2, 2, null)
    expect(codesOf(talk)).toEqual([])
    expect([...talk.pipeline.groups.all.values()].map(({ phase, generation }) => [phase, generation])).toEqual([
      ['stable', 2],
    ])
    expect(topicId).toHaveLength(16)
  })

  test('group/owned-twice: given away before it is given back', () => {
    const { talk, a, b } = start()
    beat(b, 'b-1', 0, 2, [1])
    expect(talk.codes, 'a may be gone').toEqual([])
    beat(a, 'a-1', 1, 2, [0])
    expect(codesOf(talk)).toEqual(['group/owned-twice'])
    expect(talk.found[0]).toMatchObject({
      severity: 'error',
      path: 'assignment',
      causes: [{ cause: 'revocation-not-awaited' }],
    })
    expect(talk.found[0]!.message).toContain('t 1 is given to b-1 in #3 while a-1 has it')
  })

  test('not where the first owner is fenced, or has left', () => {
    const { talk, a, b } = start()
    beat(b, 'b-1', 0, 2, [0, 1])
    a.ask('ConsumerGroupHeartbeat', 1, { memberId: 'a-1', memberEpoch: 1, topicPartitions: null }).answer({
      errorCode: 110,
    })
    expect(codesOf(talk)).toEqual([])
    const left = start()
    left.a
      .ask('ConsumerGroupHeartbeat', 1, { memberId: 'a-1', memberEpoch: -1, topicPartitions: null })
      .answer({ memberEpoch: -1 })
    beat(left.b, 'b-1', 0, 2, [0, 1])
    beat(left.a, 'a-1', 0, 3, [])
    expect(codesOf(left.talk)).toEqual([])
  })

  test('group/epoch-back', () => {
    const { talk, a } = start()
    beat(a, 'a-1', 5, 4, null)
    expect(codesOf(talk)).toEqual(['group/epoch-back'])
    expect(talk.found[0]).toMatchObject({ severity: 'error', path: 'memberEpoch' })
  })

  test('group/assignment-unsubscribed: by the coordinator', () => {
    expect(codesOf(start(['other']).talk)).toEqual(['group/assignment-unsubscribed'])
    const { talk, a } = start(['t'])
    beat(a, 'a-1', 1, 2, null, { subscribedTopicNames: ['other'] })
    beat(a, 'a-1', 2, 2, [0, 1])
    expect(codesOf(talk), 'the subscription changed: the assignment may be older').toEqual([])
  })
})
