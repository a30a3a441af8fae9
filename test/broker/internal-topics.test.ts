/** The topics that Apache Kafka keeps its own state in: made when a coordinator is looked for, and not for clients to write. */
import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { writeBatch } from '../../dissectors/records/write.ts'
import { ask, at, type Bench, type Body, batchOf, bench, createTopic, produceTo, utf8 } from './helpers.ts'

const topicsOf = async (on: Bench): Promise<Body[]> =>
  at(await ask(on, 'Metadata', 12, { topics: null }), 'topics') as unknown as Body[]

describe('internal topics', () => {
  it.each([
    [0, '__consumer_offsets'],
    [1, '__transaction_state'],
    [2, '__share_group_state'],
  ])('coordinators of type %i bring %s', async (keyType, name) => {
    const on = bench()
    await createTopic(on, 'orders')
    await ask(on, 'FindCoordinator', 6, { keyType, coordinatorKeys: ['k'] })
    await ask(on, 'FindCoordinator', 6, { keyType, coordinatorKeys: ['other'] })
    const topics = await topicsOf(on)
    expect(topics.map((topic) => [topic.name, topic.isInternal])).toEqual([
      ['orders', false],
      [name, true],
    ])
    expect(topics[1]?.partitions).toHaveLength(50)
    const described = await ask(on, 'DescribeTopicPartitions', 0, { topics: [], responsePartitionLimit: 100 })
    expect(at(described, 'topics')).toMatchObject([
      { name, isInternal: true },
      { name: 'orders', isInternal: false },
    ])
  })

  it('are made where a client asks for them by name, with their own size', async () => {
    const on = bench({ numPartitions: 3 })
    const answer = await ask(on, 'Metadata', 9, {
      topics: [{ name: '__consumer_offsets' }],
      allowAutoTopicCreation: true,
    })
    expect(at(answer, 'topics', 0)).toMatchObject({ errorCode: 0, isInternal: true })
    expect(at(answer, 'topics', 0, 'partitions')).toHaveLength(50)
  })

  it('take no records of clients other than the admin client', async () => {
    const on = bench()
    await ask(on, 'FindCoordinator', 0, { key: 'g' })
    const answer = await produceTo(on, '__consumer_offsets', batchOf(['x']))
    expect(at(answer, 'responses', 0, 'partitionResponses', 0)).toMatchObject({
      errorCode: errorCode('INVALID_TOPIC_EXCEPTION'),
      errorMessage: 'Cannot append to internal topic __consumer_offsets',
    })
    // The topic is compacted: its records have keys.
    const records = writeBatch({ records: [{ key: utf8('k'), value: utf8('x'), timestamp: on.clock.now() }] })
    const body = { acks: -1, topicData: [{ name: '__consumer_offsets', partitionData: [{ index: 0, records }] }] }
    const admin = await ask(on, 'Produce', 9, body, { clientId: '__admin_client' })
    expect(at(admin, 'responses', 0, 'partitionResponses', 0)).toMatchObject({ errorCode: 0, baseOffset: 0 })
  })

  it('are assigned to a member whose expression fits them, as by Apache Kafka', async () => {
    const on = bench()
    await ask(on, 'FindCoordinator', 0, { key: 'g' })
    const beat = { groupId: 'g', memberId: 'm', subscribedTopicNames: null }
    const joined = await ask(on, 'ConsumerGroupHeartbeat', 1, {
      ...beat,
      memberEpoch: 0,
      rebalanceTimeoutMs: 1000,
      subscribedTopicRegex: '__consumer.*',
      topicPartitions: [],
    })
    // An expression counts from the next heartbeat on.
    const memberEpoch = joined.memberEpoch as number
    const answer = await ask(on, 'ConsumerGroupHeartbeat', 1, { ...beat, memberEpoch })
    expect(at(answer, 'assignment', 'topicPartitions', 0, 'partitions')).toHaveLength(50)
  })
})

describe('max.message.bytes', () => {
  const large = writeBatch({ records: [{ value: utf8('x'.repeat(3000)) }] })
  const limited = async (configs: { name: string; value: string }[]): Promise<Bench> => {
    const on = bench({ messageMaxBytes: 2000 })
    await ask(on, 'CreateTopics', 5, { topics: [{ name: 'orders', numPartitions: 1, replicationFactor: 1, configs }] })
    return on
  }
  const produced = async (on: Bench): Promise<unknown> =>
    at(await produceTo(on, 'orders', large), 'responses', 0, 'partitionResponses', 0, 'errorCode')
  const tooLarge = errorCode('MESSAGE_TOO_LARGE')

  it.each([
    ['no setting of the topic', [], tooLarge],
    ['a higher limit of the topic', [{ name: 'max.message.bytes', value: '4000' }], 0],
    ['a lower limit of the topic', [{ name: 'max.message.bytes', value: '100' }], tooLarge],
  ])('%s', async (_, configs, expected) => {
    expect(await produced(await limited(configs))).toBe(expected)
  })

  it("the brokers' message.max.bytes is heeded as soon as it is set, the topic's own comes before it", async () => {
    const on = await limited([])
    const set = (resourceType: number, resourceName: string, name: string, value: string) =>
      ask(on, 'IncrementalAlterConfigs', 1, {
        resources: [{ resourceType, resourceName, configs: [{ name, configOperation: 0, value }] }],
      })
    await set(4, '', 'message.max.bytes', '5000')
    expect(await produced(on)).toBe(0)
    await set(4, '1', 'message.max.bytes', '1000')
    expect(await produced(on)).toBe(tooLarge)
    await set(2, 'orders', 'max.message.bytes', '5000')
    expect(await produced(on)).toBe(0)
  })
})
