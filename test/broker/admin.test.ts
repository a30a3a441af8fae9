/** What administrators set and ask for; words and codes as Apache Kafka 4.4.0 was seen to answer on one node. */
import { beforeEach, describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { ask, at, type Bench, type Body, bench, createTopic, utf8 } from './helpers.ts'

let on: Bench
beforeEach(async () => {
  on = bench()
  await createTopic(on, 'orders', 2)
})

const TOPIC = 2
const BROKER = 4
const LOGGER = 8
const METRICS = 16
const GROUP = 32
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3]

type Change = readonly [name: string, operation: number, value: string | null]

async function change(type: number, name: string, changes: readonly Change[], validateOnly = false): Promise<Body> {
  const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }))
  const resources = [{ resourceType: type, resourceName: name, configs }]
  return at(await ask(on, 'IncrementalAlterConfigs', 1, { resources, validateOnly }), 'responses', 0) as Body
}

async function setting(resourceType: number, resourceName: string, name: string): Promise<unknown[] | undefined> {
  const resources = [{ resourceType, resourceName, configurationKeys: [name] }]
  const answer = await ask(on, 'DescribeConfigs', 4, { resources, includeSynonyms: true })
  const found = (at(answer, 'results', 0, 'configs') as Body[])[0]
  return found && [found.value, found.configSource, (found.synonyms as Body[]).map(({ source }) => source)]
}

describe('configuration', () => {
  // log.retention.ms and log.roll.ms, which stand behind two of these, have no defaults.
  it('of topics is set, extended, cut and removed, and told with its source', async () => {
    expect(await setting(TOPIC, 'orders', 'retention.ms')).toEqual(['604800000', 5, []])
    expect((await change(TOPIC, 'orders', [['retention.ms', SET, '1000']])).errorCode).toBe(0)
    expect(await setting(TOPIC, 'orders', 'retention.ms')).toEqual(['1000', 1, [1]])
    await change(TOPIC, 'orders', [['cleanup.policy', APPEND, 'compact']])
    expect(await setting(TOPIC, 'orders', 'cleanup.policy')).toEqual(['delete,compact', 1, [1, 5]])
    await change(TOPIC, 'orders', [['cleanup.policy', SUBTRACT, 'delete']])
    expect(await setting(TOPIC, 'orders', 'cleanup.policy')).toEqual(['compact', 1, [1, 5]])
    await change(TOPIC, 'orders', [['retention.ms', DELETE, null]])
    expect(await setting(TOPIC, 'orders', 'retention.ms')).toEqual(['604800000', 5, []])
  })

  it('is not changed by a request that only validates, nor in part', async () => {
    expect((await change(TOPIC, 'orders', [['retention.ms', SET, '1']], true)).errorCode).toBe(0)
    const half = await change(TOPIC, 'orders', [
      ['retention.ms', SET, '1'],
      ['nope', SET, '1'],
    ])
    expect(half).toMatchObject({
      errorCode: errorCode('INVALID_CONFIG'),
      errorMessage: 'Unknown topic config name: nope',
    })
    expect(await setting(TOPIC, 'orders', 'retention.ms')).toEqual(['604800000', 5, []])
  })

  it('AlterConfigs sets all there is', async () => {
    await change(TOPIC, 'orders', [['retention.ms', SET, '1000']])
    const configs = [{ name: 'segment.ms', value: '5000' }]
    const resources = [{ resourceType: TOPIC, resourceName: 'orders', configs }]
    await ask(on, 'AlterConfigs', 2, { resources, validateOnly: false })
    expect(await setting(TOPIC, 'orders', 'segment.ms')).toEqual(['5000', 1, [1]])
    expect(await setting(TOPIC, 'orders', 'retention.ms')).toEqual(['604800000', 5, []])
  })

  it('of the broker stands before its own, and behind that of topics', async () => {
    await change(BROKER, '', [['message.max.bytes', SET, '3000']])
    await change(BROKER, '1', [['message.max.bytes', SET, '4000']])
    expect(await setting(BROKER, '1', 'message.max.bytes')).toEqual(['4000', 2, [2, 3, 4]])
    expect(await setting(BROKER, '', 'message.max.bytes')).toEqual(['3000', 3, [3]])
    expect(await setting(TOPIC, 'orders', 'max.message.bytes')).toEqual(['4000', 2, [2, 3, 5]])
  })

  it('of groups and metrics subscriptions is kept without either, and listed', async () => {
    await change(GROUP, 'g', [['consumer.session.timeout.ms', SET, '46000']])
    await change(METRICS, 'm', [['interval.ms', SET, '1000']])
    await change(LOGGER, '1', [['root', SET, 'DEBUG']])
    expect(await setting(GROUP, 'g', 'consumer.session.timeout.ms')).toEqual(['46000', 8, [8, 5]])
    expect(await setting(GROUP, 'other', 'consumer.session.timeout.ms')).toEqual(['45000', 5, [5]])
    expect(await setting(METRICS, 'm', 'interval.ms')).toEqual(['1000', 7, [7]])
    expect(await setting(LOGGER, '1', 'root')).toEqual(['DEBUG', 6, []])
    const listed = async (version: number, request: { [field: string]: Encodable }) =>
      ((await ask(on, 'ListConfigResources', version, request)).configResources as Body[]).map(
        (each) => each.resourceName,
      )
    expect(await listed(0, {})).toEqual(['m'])
    expect(await listed(1, { resourceTypes: [] })).toEqual(['g', 'm', '1', '1', 'orders'])
    expect((await ask(on, 'ListConfigResources', 1, { resourceTypes: [77] })).errorCode).toBe(35)
  })

  it.each<[string, number, string, readonly Change[], string, string | null]>([
    ['no topic', TOPIC, 'missing', [], 'UNKNOWN_TOPIC_OR_PARTITION', "The topic 'missing' does not exist."],
    [
      'no number',
      TOPIC,
      'orders',
      [['retention.ms', SET, 'x']],
      'INVALID_CONFIG',
      'Invalid value x for configuration retention.ms: Not a number of type LONG',
    ],
    [
      'null',
      TOPIC,
      'orders',
      [['retention.ms', SET, null]],
      'INVALID_REQUEST',
      'Null value not supported for : retention.ms',
    ],
    [
      'no list',
      TOPIC,
      'orders',
      [['retention.ms', APPEND, '1']],
      'INVALID_CONFIG',
      "Can't APPEND to key retention.ms because its type is not LIST.",
    ],
    ['no operation', TOPIC, 'orders', [['retention.ms', 9, '1']], 'UNKNOWN_SERVER_ERROR', null],
    [
      'a key twice',
      TOPIC,
      'orders',
      [
        ['a', SET, '1'],
        ['a', SET, '2'],
      ],
      'INVALID_REQUEST',
      'Error due to duplicate config keys',
    ],
    ['another broker', BROKER, '7', [], 'INVALID_REQUEST', 'Unexpected broker id, expected 1, but received 7'],
    [
      'what needs a restart',
      BROKER,
      '1',
      [['num.partitions', SET, '1']],
      'INVALID_REQUEST',
      'Cannot update these configs dynamically: [num.partitions]',
    ],
    ['no logger', LOGGER, '1', [['kafka', SET, 'INFO']], 'INVALID_CONFIG', 'Logger kafka does not exist!'],
    [
      'no metrics setting',
      METRICS,
      'm',
      [['nope', SET, '1']],
      'INVALID_REQUEST',
      'Unknown client metrics configuration: nope',
    ],
    [
      'out of bounds',
      GROUP,
      'g',
      [['consumer.session.timeout.ms', SET, '1']],
      'INVALID_CONFIG',
      'consumer.session.timeout.ms must be in the range 45000 to 60000 inclusive.',
    ],
    ['no resource', 3, '', [], 'INVALID_REQUEST', 'Unknown resource type 3'],
  ])('refuses %s', async (_, type, name, changes, error, errorMessage) => {
    expect(await change(type, name, changes)).toMatchObject({ errorCode: errorCode(error), errorMessage })
  })
})

describe('client quotas', () => {
  const part = (entityType: string, entityName: string | null) => ({ entityType, entityName })
  const alter = async (entity: Encodable, key: string, value: number, remove = false): Promise<Body> =>
    at(
      await ask(on, 'AlterClientQuotas', 1, {
        entries: [{ entity, ops: [{ key, value, remove }] }],
        validateOnly: false,
      }),
      'entries',
      0,
    ) as Body
  const find = async (strict: boolean, ...components: [string, number, string | null][]): Promise<unknown> => {
    const filter = components.map(([entityType, matchType, match]) => ({ entityType, matchType, match }))
    const answer = await ask(on, 'DescribeClientQuotas', 1, { components: filter, strict })
    return answer.errorCode === 0
      ? (answer.entries as Body[]).map((entry) => (entry.values as Body[]).map(({ value }) => value))
      : answer.errorMessage
  }

  it('are kept and found by entity', async () => {
    await alter([part('user', 'alice')], 'producer_byte_rate', 1000)
    await alter([part('client-id', 'c'), part('user', 'alice')], 'consumer_byte_rate', 2000)
    await alter([part('user', null)], 'request_percentage', 12.5)
    expect(await find(false)).toEqual([[1000], [2000], [12.5]])
    expect(await find(false, ['user', 0, 'alice'])).toEqual([[1000], [2000]])
    expect(await find(true, ['user', 0, 'alice'])).toEqual([[1000]])
    expect(await find(false, ['user', 1, null])).toEqual([[12.5]])
    await alter([part('user', 'alice'), part('client-id', 'c')], 'consumer_byte_rate', 0, true)
    expect(await find(false, ['client-id', 2, null])).toEqual([])
    expect(await find(false, ['user', 9, null])).toBe('Unknown match type 9')
  })

  it.each<[Encodable, string, number, string]>([
    [[], 'producer_byte_rate', 1, 'Invalid empty client quota entity'],
    [[part('zzz', 'x')], 'producer_byte_rate', 1, 'Unhandled client quota entity type: zzz'],
    [[part('user', '')], 'producer_byte_rate', 1, 'Empty user not supported'],
    [[part('user', 'x')], 'connection_creation_rate', 1, 'Invalid configuration key connection_creation_rate'],
    [[part('user', 'x')], 'producer_byte_rate', -1, 'Quota producer_byte_rate must be greater than 0'],
    [[part('user', 'x')], 'producer_byte_rate', 1.5, 'producer_byte_rate cannot be a fractional value.'],
  ])('of %j: %s %d is refused', async (entity, key, value, errorMessage) => {
    expect(await alter(entity, key, value)).toMatchObject({ errorCode: errorCode('INVALID_REQUEST'), errorMessage })
  })
})

describe('SCRAM credentials', () => {
  const up = (name: string, mechanism = 1, iterations = 4096) => ({
    ...{ name, mechanism, iterations, salt: utf8('salt') },
    saltedPassword: new Uint8Array(mechanism === 2 ? 64 : 32),
  })
  const alter = async (deletions: Encodable, upsertions: Encodable): Promise<unknown[]> =>
    ((await ask(on, 'AlterUserScramCredentials', 0, { deletions, upsertions })).results as Body[]).map(
      (each) => each.errorCode,
    )

  it('are kept, described without secrets, and deleted', async () => {
    expect(await alter([], [up('alice'), up('bob')])).toEqual([0, 0])
    expect(await alter([], [up('alice', 2, 8192)])).toEqual([0])
    const answer = await ask(on, 'DescribeUserScramCredentials', 0, { users: [{ name: 'alice' }, { name: 'x' }] })
    expect(at(answer, 'results', 0, 'credentialInfos')).toEqual([
      { mechanism: 1, iterations: 4096 },
      { mechanism: 2, iterations: 8192 },
    ])
    expect(at(answer, 'results', 1, 'errorCode')).toBe(errorCode('RESOURCE_NOT_FOUND'))
    expect(await alter([{ name: 'bob', mechanism: 1 }], [])).toEqual([0])
    expect(await alter([{ name: 'bob', mechanism: 1 }], [])).toEqual([errorCode('RESOURCE_NOT_FOUND')])
  })

  it('are refused where they are none', async () => {
    const unacceptable = errorCode('UNACCEPTABLE_CREDENTIAL')
    expect(await alter([], [up('')])).toEqual([unacceptable])
    expect(await alter([], [up('a', 1, 100)])).toEqual([unacceptable])
    expect(await alter([], [up('a', 1, 100_000)])).toEqual([unacceptable])
    expect(await alter([], [up('a', 7)])).toEqual([errorCode('UNSUPPORTED_SASL_MECHANISM')])
    expect(await alter([{ name: 'a', mechanism: 1 }], [up('a')])).toEqual([errorCode('DUPLICATE_RESOURCE')])
  })

  it('of one user are taken one in a request, be they of two mechanisms', async () => {
    expect(await alter([], [up('a'), up('a', 2), up('b')])).toEqual([errorCode('DUPLICATE_RESOURCE'), 0])
  })
})

describe('the cluster', () => {
  it('DescribeTopicPartitions gives page after page, in the order of names', async () => {
    await createTopic(on, 'zebra', 1)
    const page = async (cursor: Encodable) =>
      ask(on, 'DescribeTopicPartitions', 0, { topics: [], responsePartitionLimit: 2, cursor })
    const first = await page(null)
    expect((first.topics as Body[]).map(({ name }) => name)).toEqual(['orders'])
    expect(first.nextCursor).toEqual({ topicName: 'zebra', partitionIndex: 0 })
    const second = await page({ topicName: 'orders', partitionIndex: 1 })
    expect((second.topics as Body[]).map((topic) => (topic.partitions as unknown[]).length)).toEqual([1, 1])
    expect(second.nextCursor).toBeNull()
  })

  it('DescribeQuorum knows its one voter', async () => {
    const topics = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
    const answer = await ask(on, 'DescribeQuorum', 2, { topics })
    expect(at(answer, 'topics', 0, 'partitions', 0)).toMatchObject({ errorCode: 0, leaderId: 1 })
    expect(at(answer, 'topics', 0, 'partitions', 0, 'currentVoters', 0, 'replicaId')).toBe(1)
    expect(answer.nodes).toHaveLength(1)
  })

  it('DescribeLogDirs counts bytes', async () => {
    const answer = await ask(on, 'DescribeLogDirs', 4, { topics: [{ topic: 'orders', partitions: [1, 7] }] })
    expect(at(answer, 'results', 0, 'topics', 0, 'partitions')).toEqual([
      { partitionIndex: 1, partitionSize: 0, offsetLag: 0, isFutureKey: false },
    ])
  })

  it.each<[string, number, number]>([
    ['metadata.version', 7, errorCode('INVALID_UPDATE_VERSION')],
    ['metadata.version', 99, errorCode('INVALID_UPDATE_VERSION')],
    ['nope', 1, errorCode('INVALID_UPDATE_VERSION')],
    ['group.version', 1, 0],
  ])('UpdateFeatures: %s to %i is answered with %i', async (feature, maxVersionLevel, error) => {
    const answer = await ask(on, 'UpdateFeatures', 2, { featureUpdates: [{ feature, maxVersionLevel }] })
    expect(answer.errorCode).toBe(error)
  })

  it('metrics are asked for and taken as a subscription says (KIP-714)', async () => {
    await change(METRICS, 'm', [
      ['interval.ms', SET, '1000'],
      ['metrics', SET, 'org.apache'],
    ])
    const zero = 'AAAAAAAAAAAAAAAAAAAAAA'
    const asked = await ask(on, 'GetTelemetrySubscriptions', 0, { clientInstanceId: zero })
    expect(asked).toMatchObject({ errorCode: 0, pushIntervalMs: 1000, requestedMetrics: ['org.apache'] })
    const clientInstanceId = asked.clientInstanceId as string
    const again = await ask(on, 'GetTelemetrySubscriptions', 0, { clientInstanceId })
    expect(again.errorCode).toBe(errorCode('THROTTLING_QUOTA_EXCEEDED'))
    const push = async (subscriptionId: number, id = clientInstanceId) => {
      const request = {
        clientInstanceId: id,
        subscriptionId,
        terminating: false,
        compressionType: 0,
        metrics: utf8('m'),
      }
      return (await ask(on, 'PushTelemetry', 0, request)).errorCode
    }
    expect(await push(asked.subscriptionId as number)).toBe(0)
    expect(await push(asked.subscriptionId as number)).toBe(errorCode('THROTTLING_QUOTA_EXCEEDED'))
    await on.clock.advance(1000)
    expect(await push(5)).toBe(errorCode('UNKNOWN_SUBSCRIPTION_ID'))
    expect(await push(5, zero)).toBe(errorCode('INVALID_REQUEST'))
  })
})
