/** Configuration as DescribeConfigs and CreateTopics show it: names, types and defaults of Apache Kafka's own. */
import type { Answer } from './api.ts'
import type { Broker } from './broker.ts'
import type { Node } from './cluster.ts'
import { OFFSETS_PARTITIONS } from './offsets.ts'
import { TOPIC_CONFIGS } from './topic-configs.ts'

/** ConfigType of DescribeConfigs v3 (DescribeConfigsResponse.ConfigType). */
const TYPES = { boolean: 1, string: 2, int: 3, short: 4, long: 5, double: 6, list: 7 } as const
/** ConfigSource (DescribeConfigsResponse.ConfigSource). */
export const SOURCE = {
  topic: 1,
  dynamicBroker: 2,
  dynamicCluster: 3,
  staticBroker: 4,
  default: 5,
  logger: 6,
  metrics: 7,
  group: 8,
} as const

export interface Config {
  readonly name: string
  readonly type: keyof typeof TYPES
  /** Null: it has none. */
  readonly default: string | null
  readonly values?: readonly string[]
}

const config = (name: string, type: Config['type'], value: string | null): Config => ({ name, type, default: value })

/**
 * What topics have that set nothing themselves: a broker's settings that can be changed while it runs (DynamicLogConfig of
 * Apache Kafka). `message.max.bytes` is the broker's option.
 */
const FOR_TOPICS: readonly Config[] = TOPIC_CONFIGS.flatMap(({ name, type, default: value, synonym, bare }) =>
  synonym === undefined || name === 'max.message.bytes' ? [] : [config(synonym, type, bare ? null : value)],
)

/** What no option of ours stands behind, with Apache Kafka's defaults. */
const FIXED: readonly Config[] = [
  config('default.replication.factor', 'int', '1'),
  config('delete.topic.enable', 'boolean', 'true'),
  config('log.retention.hours', 'int', '168'),
  config('log.retention.minutes', 'int', null),
  config('log.roll.hours', 'int', '168'),
  config('offsets.retention.minutes', 'int', '10080'),
  config('offsets.topic.num.partitions', 'int', String(OFFSETS_PARTITIONS)),
  config('offsets.topic.replication.factor', 'short', '1'),
]

/** Broker settings that can be changed while it runs. */
export const DYNAMIC: ReadonlySet<string> = new Set(['message.max.bytes', ...FOR_TOPICS.map(({ name }) => name)])

/** Those of a broker, with what they are here. */
export function brokerConfigs({ options, cluster }: Broker, node: Node = cluster.controller): Config[] {
  return [
    config('advertised.listeners', 'string', `PLAINTEXT://${node.host}:${node.port}`),
    config('auto.create.topics.enable', 'boolean', String(options.autoCreateTopics)),
    config('broker.id', 'int', String(node.nodeId)),
    config('fetch.max.bytes', 'int', String(options.fetchMaxBytes)),
    config('group.initial.rebalance.delay.ms', 'int', String(options.initialRebalanceDelayMs)),
    config('group.max.session.timeout.ms', 'int', String(options.maxSessionTimeoutMs)),
    config('group.max.size', 'int', String(options.groupMaxSize)),
    config('group.min.session.timeout.ms', 'int', String(options.minSessionTimeoutMs)),
    config('message.max.bytes', 'int', String(options.messageMaxBytes)),
    config('node.id', 'int', String(node.nodeId)),
    config('num.partitions', 'int', String(options.numPartitions)),
    config('offset.metadata.max.bytes', 'int', String(options.offsetMetadataMaxBytes)),
    config('socket.request.max.bytes', 'int', String(options.requestMaxBytes)),
    config('transaction.max.timeout.ms', 'int', String(options.transactionMaxTimeoutMs)),
    config('transactional.id.expiration.ms', 'int', String(options.transactionalIdExpirationMs)),
    ...FIXED,
    ...FOR_TOPICS,
  ]
}

/** A topic's setting, with all fields that CreateTopics v5+ or DescribeConfigs may show. */
export function topicConfig(config: Config, set: ReadonlyMap<string, string>): Answer {
  const value = set.get(config.name)
  return {
    name: config.name,
    value: value ?? config.default,
    configSource: value === undefined ? SOURCE.default : SOURCE.topic,
  }
}

export const configType = (config: Config): number => TYPES[config.type]
