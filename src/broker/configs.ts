/** Configuration as DescribeConfigs and CreateTopics show it: names, types and defaults of Apache Kafka's own. */
import type { Answer } from './api.ts'
import type { Broker } from './broker.ts'
import type { Node } from './cluster.ts'

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
  readonly default: string
  readonly values?: readonly string[]
}

const MAX_LONG = '9223372036854775807'
const config = (name: string, type: Config['type'], value: string, values?: readonly string[]): Config => ({
  name,
  type,
  default: value,
  ...(values && { values }),
})

export const TOPIC_CONFIGS: readonly Config[] = [
  config('cleanup.policy', 'list', 'delete', ['delete', 'compact', 'compact,delete', 'delete,compact']),
  config('compression.gzip.level', 'int', '-1'),
  config('compression.lz4.level', 'int', '9'),
  config('compression.type', 'string', 'producer', ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer']),
  config('compression.zstd.level', 'int', '3'),
  config('delete.retention.ms', 'long', '86400000'),
  config('file.delete.delay.ms', 'long', '60000'),
  config('flush.messages', 'long', MAX_LONG),
  config('flush.ms', 'long', MAX_LONG),
  config('follower.replication.throttled.replicas', 'list', ''),
  config('index.interval.bytes', 'int', '4096'),
  config('leader.replication.throttled.replicas', 'list', ''),
  config('local.retention.bytes', 'long', '-2'),
  config('local.retention.ms', 'long', '-2'),
  config('max.compaction.lag.ms', 'long', MAX_LONG),
  config('max.message.bytes', 'int', '1048588'),
  config('message.timestamp.after.max.ms', 'long', '3600000'),
  config('message.timestamp.before.max.ms', 'long', MAX_LONG),
  config('message.timestamp.type', 'string', 'CreateTime', ['CreateTime', 'LogAppendTime']),
  config('min.cleanable.dirty.ratio', 'double', '0.5'),
  config('min.compaction.lag.ms', 'long', '0'),
  config('min.insync.replicas', 'int', '1'),
  config('preallocate', 'boolean', 'false', ['true', 'false']),
  config('remote.log.copy.disable', 'boolean', 'false', ['true', 'false']),
  config('remote.log.delete.on.disable', 'boolean', 'false', ['true', 'false']),
  config('remote.storage.enable', 'boolean', 'false', ['true', 'false']),
  config('retention.bytes', 'long', '-1'),
  config('retention.ms', 'long', '604800000'),
  config('segment.bytes', 'int', '1073741824'),
  config('segment.index.bytes', 'int', '10485760'),
  config('segment.jitter.ms', 'long', '0'),
  config('segment.ms', 'long', '604800000'),
  config('unclean.leader.election.enable', 'boolean', 'false', ['true', 'false']),
]

/** Those of a broker, with what they are here. */
export function brokerConfigs({ options, cluster }: Broker, node: Node = cluster.controller): Config[] {
  return [
    config('advertised.listeners', 'string', `PLAINTEXT://${node.host}:${node.port}`),
    config('auto.create.topics.enable', 'boolean', String(options.autoCreateTopics)),
    config('default.replication.factor', 'int', '1'),
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
  ]
}

/** Why a topic can't have this configuration; null where it can. */
export function configProblem(name: string, value: string | null): string | null {
  const known = TOPIC_CONFIGS.find((each) => each.name === name)
  if (!known) return `Unknown topic config name: ${name}`
  if (value === null) return `Null value not supported for topic configs: ${name}`
  const number = known.type === 'int' || known.type === 'long' || known.type === 'double'
  const sound = number
    ? /^-?\d+(\.\d+)?$/.test(value.trim())
    : (known.values?.includes(value.replace(/\s/g, '')) ?? true)
  if (sound) return null
  const why = number ? `: Not a number of type ${known.type.toUpperCase()}` : ''
  return `Invalid value ${value} for configuration ${name}${why}`
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
