/** Settings of topics, as Apache Kafka 4.4.0 takes and refuses them: its own words, asked for one by one. */
import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { configProblem, conflictProblem, settingOf, TOPIC_CONFIGS } from '../../src/broker/topic-configs.ts'
import { ask, at, batchOf, bench, createTopic, produceTo } from './helpers.ts'

describe('values', () => {
  it.each([
    ['retention.ms', '-1', 'retention.ms', ' 5 '],
    ['retention.bytes', '-99', 'cleanup.policy', 'compact, delete'],
    ['cleanup.policy', 'delete,delete', 'cleanup.policy', ''],
    ['preallocate', 'TRUE', 'leader.replication.throttled.replicas', '*'],
    ['leader.replication.throttled.replicas', '1:1,2:1', 'min.cleanable.dirty.ratio', '0.5'],
    ['compression.gzip.level', '-1', 'compression.zstd.level', '-131072'],
    ['local.retention.ms', '-2', 'flush.messages', '9223372036854775807'],
  ])('%s = %s and %s = %s are taken', (name, value, other, otherValue) => {
    expect([configProblem(name, value), configProblem(other, otherValue)]).toEqual([null, null])
  })

  it.each([
    ['no.such', '1', 'Unknown topic config name: no.such'],
    ['retention.ms', null, 'Null value not supported for topic configs: retention.ms'],
    ['retention.ms', '-2', 'Invalid value -2 for configuration retention.ms: Value must be at least -1'],
    ['retention.ms', '1.5', 'Invalid value 1.5 for configuration retention.ms: Not a number of type LONG'],
    ['retention.ms', '', 'Invalid value  for configuration retention.ms: Not a number of type LONG'],
    ['segment.bytes', '99', 'Invalid value 99 for configuration segment.bytes: Value must be at least 1048576'],
    [
      'segment.bytes',
      '9999999999',
      'Invalid value 9999999999 for configuration segment.bytes: Not a number of type INT',
    ],
    [
      'compression.lz4.level',
      '99',
      'Invalid value 99 for configuration compression.lz4.level: Value must be no more than 17',
    ],
    [
      'compression.gzip.level',
      '0',
      'Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1',
    ],
    [
      'min.cleanable.dirty.ratio',
      '2',
      'Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1',
    ],
    [
      'preallocate',
      ' 5 ',
      'Invalid value  5  for configuration preallocate: Expected value to be either true or false',
    ],
    [
      'cleanup.policy',
      '1:1,2:1',
      'Invalid value 1:1 for configuration cleanup.policy: String must be one of: compact, delete',
    ],
    [
      'compression.type',
      'GZIP',
      'Invalid value GZIP for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer',
    ],
    [
      'follower.replication.throttled.replicas',
      'delete,delete',
      "Invalid value [delete, delete] for configuration follower.replication.throttled.replicas: follower.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
    ],
    [
      'remote.storage.enable',
      'true',
      'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.',
    ],
    ['message.format.version', '1000', 'Unknown topic config name: message.format.version'],
  ])('%s = %j is refused', (name, value, why) => {
    expect(configProblem(name, value)).toBe(why)
  })

  it('that contradict each other are refused', () => {
    const values = new Map([
      ...['min', 'max'].map((which, i) => [`${which}.compaction.lag.ms`, String(100 - i)] as const),
    ])
    expect(conflictProblem(values)).toBe(
      'conflict topic config setting min.compaction.lag.ms (100) > max.compaction.lag.ms (99)',
    )
  })

  it('of each default are sound themselves', () => {
    expect(TOPIC_CONFIGS.filter(({ name, default: value }) => configProblem(name, value) !== null)).toEqual([])
  })
})

describe('what counts for a topic', () => {
  it("is its own setting, else this broker's, else all brokers', else the default", () => {
    const of = (own: object, broker: object, cluster: object): string => {
      const [a, b, c] = [own, broker, cluster].map((each) => new Map<string, string>(Object.entries(each)))
      return settingOf(a!, { broker: b!, cluster: c! }, 'cleanup.policy')
    }
    expect(of({ 'cleanup.policy': 'a' }, { 'log.cleanup.policy': 'b' }, {})).toBe('a')
    expect(of({}, { 'log.cleanup.policy': 'b' }, { 'log.cleanup.policy': 'c' })).toBe('b')
    expect(of({}, {}, { 'log.cleanup.policy': 'c' })).toBe('c')
    expect(of({}, {}, {})).toBe('delete')
  })

  it('names what stands behind a setting without a default, once that is set', async () => {
    const on = bench()
    await createTopic(on, 'orders')
    const synonyms = async () => {
      const resources = [{ resourceType: 2, resourceName: 'orders', configurationKeys: ['retention.ms'] }]
      const answer = await ask(on, 'DescribeConfigs', 4, { resources, includeSynonyms: true })
      return at(answer, 'results', 0, 'configs', 0, 'synonyms')
    }
    expect(await synonyms()).toEqual([])
    on.broker.settings.broker.set('log.retention.ms', '5')
    expect(await synonyms()).toEqual([
      { name: 'log.retention.ms', value: '5', source: 2 },
      { name: 'log.retention.hours', value: '168', source: 5 },
    ])
  })

  it('is set while the broker runs', async () => {
    const on = bench()
    await createTopic(on, 'orders')
    const set = async (name: string, value: string): Promise<unknown> => {
      const configs = [{ name, configOperation: 0, value }]
      const resources = [{ resourceType: 4, resourceName: '', configs }]
      const answer = await ask(on, 'IncrementalAlterConfigs', 1, { resources, validateOnly: false })
      return at(answer, 'responses', 0, 'errorCode')
    }
    expect(await set('log.message.timestamp.before.max.ms', 'x')).toBe(errorCode('INVALID_REQUEST'))
    expect(await set('log.retention.hours', '1')).toBe(errorCode('INVALID_REQUEST'))
    const produced = async () =>
      at(await produceTo(on, 'orders', batchOf(['v'], 5)), 'responses', 0, 'partitionResponses', 0, 'errorCode')
    expect(await produced()).toBe(0)
    expect(await set('log.message.timestamp.before.max.ms', '1000')).toBe(0)
    expect(await produced()).toBe(errorCode('INVALID_TIMESTAMP'))
  })
})
