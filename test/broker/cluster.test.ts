import { afterEach, describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { answerFrame } from '../../src/broker/dispatch.ts'
import { startBroker } from '../../src/broker/server.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { answerBody, at, type Bench, type Body, batchOf, bench, createTopic, requestFrame } from './helpers.ts'

const NOT_LEADER = errorCode('NOT_LEADER_OR_FOLLOWER')
const NOT_COORDINATOR = errorCode('NOT_COORDINATOR')

const three = (): Bench => {
  const moreEndpoints = [9093, 9094].map((port) => ({ host: 'broker.test', port }))
  return bench({ moreEndpoints, initialRebalanceDelayMs: 0 })
}

/** Asks one node. */
async function askNode(on: Bench, nodeId: number, api: string, version: number, body: Encodable): Promise<Body> {
  const peer = { nodeId, host: '127.0.0.1', signal: new AbortController().signal }
  const reply = await answerFrame(requestFrame(api, version, body), on.broker, peer)
  if (reply.kind !== 'answer') throw new Error(JSON.stringify(reply))
  return answerBody(api, version, reply.frame)
}

const NODES = [1, 2, 3]
const produce = { acks: -1, timeoutMs: 1, topicData: [{ name: 'orders', partitionData: [{ index: 0 }] }] }
const producing = (): Encodable => ({
  ...produce,
  topicData: [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(['v']) }] }],
})

describe('three nodes', () => {
  let on = three()
  afterEach(() => on.broker.close())

  it('are told of by each of them, and lead partitions in turns', async () => {
    on = three()
    await createTopic(on, 'orders', 6)
    for (const node of NODES) {
      const answer = await askNode(on, node, 'Metadata', 12, { topics: [{ name: 'orders' }] })
      expect(at(answer, 'brokers')).toMatchObject([
        { nodeId: 1, port: 9092 },
        { nodeId: 2, port: 9093 },
        { nodeId: 3, port: 9094 },
      ])
      const leaders = (at(answer, 'topics', 0, 'partitions') as { leaderId: number }[]).map((each) => each.leaderId)
      expect([1, 2, 3].map((id) => leaders.filter((leader) => leader === id).length)).toEqual([2, 2, 2])
      const cluster = await askNode(on, node, 'DescribeCluster', 1, {})
      expect((at(cluster, 'brokers') as { brokerId: number }[]).map((each) => each.brokerId)).toEqual(NODES)
    }
  })

  it('refuse to produce to and to read what another one leads, and say who does (KIP-951)', async () => {
    on = three()
    await createTopic(on, 'orders')
    const { leader } = on.broker.topics.get('orders')!.partitions[0]!
    const topicId = on.broker.topics.get('orders')!.id
    for (const node of NODES) {
      const fine = node === leader
      const endpoints = fine ? undefined : [{ nodeId: leader, host: 'broker.test', port: 9091 + leader }]
      const produced = await askNode(on, node, 'Produce', 10, producing())
      const partition = at(produced, 'responses', 0, 'partitionResponses', 0) as Body
      expect(partition.errorCode).toBe(fine ? 0 : NOT_LEADER)
      expect(produced.nodeEndpoints ?? []).toMatchObject(endpoints ?? [])
      const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }]
      const topics = [{ topic: 'orders', topicId, partitions }]
      const fetched = await askNode(on, node, 'Fetch', 16, { maxWaitMs: 0, minBytes: 0, topics })
      expect(at(fetched, 'responses', 0, 'partitions', 0, 'errorCode')).toBe(fine ? 0 : NOT_LEADER)
      if (!fine) {
        expect(fetched.nodeEndpoints).toMatchObject(endpoints!)
        expect(partition.currentLeader).toEqual({ leaderId: leader, leaderEpoch: 0 })
        expect(at(fetched, 'responses', 0, 'partitions', 0, 'currentLeader', 'leaderId')).toBe(leader)
      }
      const listed = await askNode(on, node, 'ListOffsets', 5, {
        topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
      })
      expect(at(listed, 'topics', 0, 'partitions', 0, 'errorCode')).toBe(fine ? 0 : NOT_LEADER)
    }
    // Only the leader has kept it.
    expect(on.broker.topics.get('orders')!.partitions[0]!.endOffset).toBe(1)
  })

  it('share the groups: each knows whose a group is, the others say NOT_COORDINATOR', async () => {
    on = three()
    const homes = new Set<number>()
    for (const groupId of ['a', 'b', 'c', 'd']) {
      const asked = { keyType: 0, coordinatorKeys: [groupId] }
      const found = await Promise.all(NODES.map((node) => askNode(on, node, 'FindCoordinator', 4, asked)))
      const ids = found.map((answer) => at(answer, 'coordinators', 0, 'nodeId') as number)
      expect(new Set(ids).size).toBe(1)
      homes.add(ids[0]!)
      for (const node of NODES) {
        const mine = node === ids[0]
        const join = {
          groupId,
          sessionTimeoutMs: 10_000,
          rebalanceTimeoutMs: 1,
          memberId: '',
          protocolType: 'consumer',
        }
        const joined = await askNode(on, node, 'JoinGroup', 4, { ...join, protocols: [] })
        expect(joined.errorCode === NOT_COORDINATOR).toBe(!mine)
        const heartbeat = await askNode(on, node, 'Heartbeat', 4, { groupId, generationId: 1, memberId: 'm' })
        expect(heartbeat.errorCode).toBe(mine ? errorCode('UNKNOWN_MEMBER_ID') : NOT_COORDINATOR)
        const described = await askNode(on, node, 'DescribeGroups', 4, { groups: [groupId] })
        expect(at(described, 'groups', 0, 'errorCode')).toBe(mine ? 0 : NOT_COORDINATOR)
      }
    }
    expect(homes.size).toBeGreaterThan(1)
  })

  it('answer a request about groups of several nodes for each of them', async () => {
    on = three()
    const groups = ['a', 'b', 'c', 'd', 'e', 'f'].map((groupId) => ({ groupId, topics: null }))
    const answer = await askNode(on, 2, 'OffsetFetch', 8, { groups })
    const told = at(answer, 'groups') as { groupId: string; errorCode: number }[]
    expect(told.map((each) => each.groupId).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    for (const { groupId, errorCode: error } of told) {
      expect(error === 0).toBe(on.broker.cluster.coordinator(groupId).nodeId === 2)
    }
  })

  it.each([
    ['InitProducerId', 4, { transactionalId: 'tx', transactionTimeoutMs: 1000 }, ['errorCode']],
    ['EndTxn', 3, { transactionalId: 'tx', producerId: 1, producerEpoch: 0, committed: true }, ['errorCode']],
    ['DescribeTransactions', 0, { transactionalIds: ['tx'] }, ['transactionStates', 0, 'errorCode']],
    [
      'OffsetCommit',
      8,
      { groupId: 'tx', topics: [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: 1 }] }] },
      ['topics', 0, 'partitions', 0, 'errorCode'],
    ],
    [
      'AddPartitionsToTxn',
      3,
      { v3AndBelowTransactionalId: 'tx', v3AndBelowTopics: [{ name: 't', partitions: [0] }] },
      ['resultsByTopicV3AndBelow', 0, 'resultsByPartition', 0, 'partitionErrorCode'],
    ],
  ] as const)('%s v%i is refused by those that do not coordinate', async (api, version, body, path) => {
    on = three()
    const home = on.broker.cluster.coordinator('tx').nodeId
    for (const node of NODES) {
      const answer = await askNode(on, node, api, version, body as Encodable)
      expect(at(answer, ...path) === NOT_COORDINATOR).toBe(node !== home)
    }
  })

  it.each([
    [3, 0],
    [4, errorCode('INVALID_REPLICATION_FACTOR')],
  ])('hold %i replicas: error %i', async (replicationFactor, error) => {
    on = three()
    const topics = [{ name: 'wide', numPartitions: 3, replicationFactor }]
    const answer = await askNode(on, 1, 'CreateTopics', 5, { topics })
    expect(at(answer, 'topics', 0, 'errorCode')).toBe(error)
    const replicas = on.broker.topics.get('wide')?.partitions.map((log) => [...log.replicas].sort())
    expect(replicas).toEqual(error === 0 ? [NODES, NODES, NODES] : undefined)
  })

  it('takes the assignment that a client makes, and refuses nodes that are not there', async () => {
    on = three()
    const assigned = (brokerIds: number[]): Encodable => ({
      topics: [
        {
          name: `t${brokerIds.join('-')}`,
          numPartitions: -1,
          replicationFactor: -1,
          assignments: [{ partitionIndex: 0, brokerIds }],
        },
      ],
    })
    await askNode(on, 1, 'CreateTopics', 5, assigned([3, 1]))
    expect(on.broker.topics.get('t3-1')!.partitions[0]!.replicas).toEqual([3, 1])
    const refused = await askNode(on, 1, 'CreateTopics', 5, assigned([4]))
    expect(at(refused, 'topics', 0, 'errorCode')).toBe(errorCode('INVALID_REPLICA_ASSIGNMENT'))
  })
})

it('each node has a listener of its own, and a port that is taken leaves none behind', async () => {
  const handle = await startBroker({ nodes: 3 })
  expect(new Set(handle.endpoints.map(({ port }) => port)).size).toBe(3)
  const before = handle.endpoints[0]!.port
  await expect(startBroker({ nodes: 2, port: before })).rejects.toThrow(/EADDRINUSE/)
  await handle.close()
  const again = await startBroker({ port: before })
  await again.close()
})
