import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { topicNameProblem } from '../../src/broker/topics.ts'
import { ZERO_UUID } from '../../src/bytes/hex.ts'
import { ask, at, batchOf, bench, createTopic, produceTo } from './helpers.ts'

describe('topic names', () => {
  it.each(['a', 'a.b_c-D9', 'x'.repeat(249), '...'])('%s is one', (name) => {
    expect(topicNameProblem(name)).toBeNull()
  })
  it.each(['', '.', '..', 'a b', 'ä', 'a/b', 'x'.repeat(250), '\u001b[31m'])('%j is none', (name) => {
    expect(topicNameProblem(name)).not.toBeNull()
  })
})

describe('CreateTopics', () => {
  const create = async (topic: { [field: string]: string | number | null | object }, version = 7) => {
    const on = bench()
    await createTopic(on, 'taken')
    const wanted = { name: 'new', numPartitions: 2, replicationFactor: 1, ...topic }
    return ask(on, 'CreateTopics', version, { topics: [wanted as never] })
  }

  it.each([
    ['NONE', {}],
    ['NONE', { numPartitions: -1, replicationFactor: -1 }],
    ['NONE', { numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] }],
    ['NONE', { configs: [{ name: 'cleanup.policy', value: 'compact' }] }],
    ['TOPIC_ALREADY_EXISTS', { name: 'taken' }],
    ['INVALID_TOPIC_EXCEPTION', { name: 'not a name' }],
    ['INVALID_PARTITIONS', { numPartitions: 0 }],
    ['INVALID_PARTITIONS', { numPartitions: -2 }],
    ['INVALID_REPLICATION_FACTOR', { replicationFactor: 3 }],
    ['INVALID_REPLICATION_FACTOR', { replicationFactor: 0 }],
    ['INVALID_REQUEST', { assignments: [{ partitionIndex: 0, brokerIds: [1] }] }],
    [
      'INVALID_REPLICA_ASSIGNMENT',
      { numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [2] }] },
    ],
    [
      'INVALID_REPLICA_ASSIGNMENT',
      { numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 1, brokerIds: [1] }] },
    ],
    ['INVALID_CONFIG', { configs: [{ name: 'no.such.thing', value: '1' }] }],
    ['INVALID_CONFIG', { configs: [{ name: 'retention.ms', value: 'long' }] }],
    ['POLICY_VIOLATION', { numPartitions: 2147483647 }],
  ])('%s for %j', async (error, topic) => {
    const answer = await create(topic)
    expect(at(answer, 'topics', 0, 'errorCode')).toBe(errorCode(error))
    expect(at(answer, 'topics', 0, 'topicId') === ZERO_UUID).toBe(error !== 'NONE')
  })

  it('makes nothing of a topic that is named twice, or where it shall only look', async () => {
    const on = bench()
    const topic = { name: 'twice', numPartitions: 1, replicationFactor: 1 }
    const answer = await ask(on, 'CreateTopics', 5, { topics: [topic, topic] })
    expect(at(answer, 'topics')).toHaveLength(1)
    expect(at(answer, 'topics', 0, 'errorCode')).toBe(errorCode('INVALID_REQUEST'))
    const looked = await ask(on, 'CreateTopics', 5, { topics: [topic], validateOnly: true })
    expect(at(looked, 'topics', 0, 'numPartitions')).toBe(1)
    expect(on.broker.topics.get('twice')).toBeUndefined()
  })
})

describe('Metadata', () => {
  it('names this broker, and topics as they are', async () => {
    const on = bench()
    await createTopic(on, 'orders', 2)
    const answer = await ask(on, 'Metadata', 12, { topics: null })
    expect(at(answer, 'brokers')).toEqual([{ nodeId: 1, host: 'broker.test', port: 9092, rack: null }])
    expect(at(answer, 'topics', 0, 'name')).toBe('orders')
    expect(at(answer, 'topics', 0, 'partitions', 1)).toEqual({
      errorCode: 0,
      partitionIndex: 1,
      leaderId: 1,
      leaderEpoch: 0,
      replicaNodes: [1],
      isrNodes: [1],
      offlineReplicas: [],
    })
  })

  it('takes an empty list for all topics in v0, for none later', async () => {
    const on = bench()
    await createTopic(on, 'orders')
    expect(at(await ask(on, 'Metadata', 0, { topics: [] }), 'topics')).toHaveLength(1)
    expect(at(await ask(on, 'Metadata', 1, { topics: [] }), 'topics')).toHaveLength(0)
  })

  it('makes a topic where that is allowed and its name is one', async () => {
    const on = bench({ numPartitions: 3 })
    const errors = async (version: number, name: string, allowAutoTopicCreation: boolean) =>
      at(await ask(on, 'Metadata', version, { topics: [{ name }], allowAutoTopicCreation }), 'topics', 0, 'errorCode')
    expect(await errors(4, 'a', false)).toBe(errorCode('UNKNOWN_TOPIC_OR_PARTITION'))
    expect(await errors(4, 'a', true)).toBe(0)
    expect(on.broker.topics.get('a')?.partitions).toHaveLength(3)
    expect(await errors(9, 'a b', true)).toBe(errorCode('INVALID_TOPIC_EXCEPTION'))
    // v0 to v3 can't say no.
    expect(at(await ask(on, 'Metadata', 3, { topics: [{ name: 'b' }] }), 'topics', 0, 'errorCode')).toBe(0)
  })

  it('makes no more topics than there is room for', async () => {
    const on = bench({ maxPartitions: 1 })
    const answer = await ask(on, 'Metadata', 9, { topics: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] })
    expect(at(answer, 'topics')).toHaveLength(2)
    expect(at(answer, 'topics', 1, 'errorCode')).toBe(errorCode('UNKNOWN_TOPIC_OR_PARTITION'))
  })

  it('finds a topic by its id', async () => {
    const on = bench()
    await createTopic(on, 'orders')
    const topicId = on.broker.topics.get('orders')!.id
    const answer = await ask(on, 'Metadata', 12, { topics: [{ topicId, name: null }] })
    expect(at(answer, 'topics', 0, 'name')).toBe('orders')
    const unknown = await ask(on, 'Metadata', 12, { topics: [{ topicId: 'AAAAAAAAAAAAAAAAAAAABQ', name: null }] })
    expect(at(unknown, 'topics', 0)).toMatchObject({ errorCode: errorCode('UNKNOWN_TOPIC_ID'), name: null })
  })
})

describe('DeleteTopics', () => {
  it('deletes by name and by id, with offsets that were committed', async () => {
    const on = bench()
    for (const name of ['a', 'b']) await createTopic(on, name)
    const commit = { partitionIndex: 0, committedOffset: 5, committedMetadata: '' }
    await ask(on, 'OffsetCommit', 2, { groupId: 'g', topics: [{ name: 'a', partitions: [commit] }] })
    expect(on.broker.offsets.count).toBe(1)
    const byName = await ask(on, 'DeleteTopics', 1, { topicNames: ['a', 'nothing'] })
    expect(at(byName, 'responses', 0, 'errorCode')).toBe(0)
    expect(at(byName, 'responses', 1, 'errorCode')).toBe(errorCode('UNKNOWN_TOPIC_OR_PARTITION'))
    expect(on.broker.offsets.count).toBe(0)
    const topicId = on.broker.topics.get('b')!.id
    const byId = await ask(on, 'DeleteTopics', 6, {
      topics: [{ name: null, topicId }],
    })
    expect(at(byId, 'responses', 0)).toMatchObject({ errorCode: 0, name: 'b' })
    const again = await ask(on, 'DeleteTopics', 6, { topics: [{ name: null, topicId }] })
    expect(at(again, 'responses', 0, 'errorCode')).toBe(errorCode('UNKNOWN_TOPIC_ID'))
    expect(on.broker.topics.all()).toEqual([])
    expect(on.broker.topics.partitionCount).toBe(0)
  })
})

describe('CreatePartitions', () => {
  it('only ever adds', async () => {
    const on = bench()
    await createTopic(on, 'a', 2)
    const grow = async (count: number, name = 'a') =>
      at(
        await ask(on, 'CreatePartitions', 2, { topics: [{ name, count, assignments: null }], timeoutMs: 1 }),
        'results',
        0,
        'errorCode',
      )
    expect(await grow(5)).toBe(0)
    expect(on.broker.topics.get('a')?.partitions).toHaveLength(5)
    expect(await grow(5)).toBe(errorCode('INVALID_PARTITIONS'))
    expect(await grow(2147483647)).toBe(errorCode('POLICY_VIOLATION'))
    expect(await grow(2, 'b')).toBe(errorCode('UNKNOWN_TOPIC_OR_PARTITION'))
  })
})

describe('retention', () => {
  it('keeps all logs together under the limit', async () => {
    const on = bench({ retentionBytes: 20_000 })
    await createTopic(on, 'a', 2)
    for (let i = 0; i < 100; i++) await produceTo(on, 'a', batchOf(['x'.repeat(1000)]), 9, i % 2)
    const logs = on.broker.topics.get('a')!.partitions
    expect(logs[0]!.size + logs[1]!.size).toBeLessThanOrEqual(20_000)
    expect(logs[0]!.size).toBeGreaterThan(1000)
    expect(logs[0]!.endOffset).toBe(50)
    expect(logs[0]!.startOffset).toBeGreaterThan(30)
  })
})

describe('DescribeConfigs', () => {
  it('shows what was set and what is default', async () => {
    const on = bench()
    const configs = [{ name: 'retention.ms', value: '1000' }]
    await ask(on, 'CreateTopics', 5, { topics: [{ name: 'a', numPartitions: 1, replicationFactor: 1, configs }] })
    const ask1 = async (resourceType: number, resourceName: string, keys: string[] | null) =>
      at(
        await ask(on, 'DescribeConfigs', 3, {
          resources: [{ resourceType, resourceName, configurationKeys: keys }],
          includeSynonyms: true,
        }),
        'results',
        0,
      )
    const [retention] = at(await ask1(2, 'a', ['retention.ms']), 'configs') as never[]
    expect(retention).toMatchObject({ name: 'retention.ms', value: '1000', configSource: 1, configType: 5 })
    // The broker's setting behind it, log.retention.ms, has no default.
    expect(at(retention!, 'synonyms')).toEqual([{ name: 'retention.ms', value: '1000', source: 1 }])
    expect(at(await ask1(2, 'a', null), 'configs')).toContainEqual(
      expect.objectContaining({ name: 'cleanup.policy', value: 'delete', configSource: 5 }),
    )
    expect(at(await ask1(4, '1', ['num.partitions']), 'configs', 0, 'value')).toBe('3')
    expect(at(await ask1(2, 'b', null), 'errorCode')).toBe(errorCode('UNKNOWN_TOPIC_OR_PARTITION'))
    expect(at(await ask1(4, '2', null), 'errorCode')).toBe(errorCode('INVALID_REQUEST'))
    expect(at(await ask1(99, '', null), 'errorCode')).toBe(errorCode('INVALID_REQUEST'))
  })
})
