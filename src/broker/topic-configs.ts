/**
 * Settings of topics: names, types, defaults, bounds and the broker's settings behind them, as LogConfig and
 * ServerTopicConfigSynonyms of Apache Kafka 4.4 have them.
 */
import type { Config } from './configs.ts'

export interface TopicConfig extends Config {
  /** The broker's setting that counts where the topic has none. */
  readonly synonym?: string
  /** That setting has no default of its own: another one does (log.retention.hours). */
  readonly bare?: true
  /** Inclusive. */
  readonly least?: number
  readonly most?: number
}

type Rest = Pick<TopicConfig, 'values' | 'synonym' | 'bare' | 'least' | 'most'>

const MAX_LONG = '9223372036854775807'
const config = (name: string, type: Config['type'], value: string, rest: Rest = {}): TopicConfig => ({
  ...{ name, type, default: value },
  ...rest,
})
const flag = (name: string, synonym?: string): TopicConfig =>
  config(name, 'boolean', 'false', synonym === undefined ? {} : { synonym })
/** A log.* setting of the broker, of the same name. */
const log = (name: string): string => `log.${name}`

const CODECS = ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer']
const GZIP_LEVEL = 'compression.gzip.level'

export const TOPIC_CONFIGS: readonly TopicConfig[] = [
  config('cleanup.policy', 'list', 'delete', { values: ['compact', 'delete'], synonym: log('cleanup.policy') }),
  config(GZIP_LEVEL, 'int', '-1', { synonym: GZIP_LEVEL }),
  config('compression.lz4.level', 'int', '9', { least: 1, most: 17, synonym: 'compression.lz4.level' }),
  config('compression.type', 'string', 'producer', { values: CODECS, synonym: 'compression.type' }),
  config('compression.zstd.level', 'int', '3', { least: -131_072, most: 22, synonym: 'compression.zstd.level' }),
  config('delete.retention.ms', 'long', '86400000', { least: 0, synonym: 'log.cleaner.delete.retention.ms' }),
  flag('errors.deadletterqueue.group.enable'),
  config('file.delete.delay.ms', 'long', '60000', { least: 0, synonym: 'log.segment.delete.delay.ms' }),
  config('flush.messages', 'long', MAX_LONG, { least: 1, synonym: 'log.flush.interval.messages' }),
  config('flush.ms', 'long', MAX_LONG, { least: 0, synonym: 'log.flush.interval.ms', bare: true }),
  config('follower.replication.throttled.replicas', 'list', ''),
  config('index.interval.bytes', 'int', '4096', { least: 0, synonym: log('index.interval.bytes') }),
  config('leader.replication.throttled.replicas', 'list', ''),
  config('local.retention.bytes', 'long', '-2', { least: -2, synonym: log('local.retention.bytes') }),
  config('local.retention.ms', 'long', '-2', { least: -2, synonym: log('local.retention.ms') }),
  config('max.compaction.lag.ms', 'long', MAX_LONG, { least: 1, synonym: 'log.cleaner.max.compaction.lag.ms' }),
  config('max.decompressed.message.bytes', 'int', '2147483639', {
    ...{ least: 1, synonym: 'max.decompressed.message.bytes' },
  }),
  config('max.message.bytes', 'int', '1048588', { least: 0, synonym: 'message.max.bytes' }),
  config('message.timestamp.after.max.ms', 'long', '3600000', {
    ...{ least: 0, synonym: log('message.timestamp.after.max.ms') },
  }),
  config('message.timestamp.before.max.ms', 'long', MAX_LONG, {
    ...{ least: 0, synonym: log('message.timestamp.before.max.ms') },
  }),
  config('message.timestamp.type', 'string', 'CreateTime', {
    ...{ values: ['CreateTime', 'LogAppendTime'], synonym: log('message.timestamp.type') },
  }),
  config('min.cleanable.dirty.ratio', 'double', '0.5', {
    ...{ least: 0, most: 1, synonym: 'log.cleaner.min.cleanable.ratio' },
  }),
  config('min.compaction.lag.ms', 'long', '0', { least: 0, synonym: 'log.cleaner.min.compaction.lag.ms' }),
  config('min.insync.replicas', 'int', '1', { least: 1, synonym: 'min.insync.replicas' }),
  flag('preallocate', 'log.preallocate'),
  config('remote.copy.lag.bytes', 'long', '-1', { least: -1, synonym: log('remote.copy.lag.bytes') }),
  config('remote.copy.lag.ms', 'long', '0', { least: -1, synonym: log('remote.copy.lag.ms') }),
  flag('remote.log.copy.disable'),
  flag('remote.log.delete.on.disable'),
  flag('remote.storage.enable'),
  config('retention.bytes', 'long', '-1', { synonym: log('retention.bytes') }),
  config('retention.ms', 'long', '604800000', { least: -1, synonym: log('retention.ms'), bare: true }),
  config('segment.bytes', 'int', '1073741824', { least: 1_048_576, synonym: log('segment.bytes') }),
  config('segment.index.bytes', 'int', '10485760', { least: 4, synonym: 'log.index.size.max.bytes' }),
  config('segment.jitter.ms', 'long', '0', { least: 0, synonym: 'log.roll.jitter.ms', bare: true }),
  config('segment.ms', 'long', '604800000', { least: 1, synonym: 'log.roll.ms', bare: true }),
  flag('unclean.leader.election.enable', 'unclean.leader.election.enable'),
]

const BY_NAME = new Map(TOPIC_CONFIGS.map((each) => [each.name, each]))

/** By the names of the broker's settings behind them. */
const BY_SYNONYM = new Map(TOPIC_CONFIGS.flatMap((each) => (each.synonym ? [[each.synonym, each] as const] : [])))

interface BrokerSettings {
  readonly broker: ReadonlyMap<string, string>
  readonly cluster: ReadonlyMap<string, string>
}

/**
 * What counts for a topic: its own setting, that of the broker or of all brokers behind it, or the default, which may be
 * another one than Apache Kafka's.
 */
export function settingOf(
  own: ReadonlyMap<string, string>,
  { broker, cluster }: BrokerSettings,
  name: string,
  fallback?: string,
): string {
  const known = BY_NAME.get(name)!
  const { synonym = '' } = known
  return own.get(name) ?? broker.get(synonym) ?? cluster.get(synonym) ?? fallback ?? known.default ?? ''
}

/** Why a topic can't have this configuration, in the words of Apache Kafka's controller; null where it can. */
export function configProblem(name: string, value: string | null): string | null {
  const known = BY_NAME.get(name)
  if (!known) return `Unknown topic config name: ${name}`
  if (value === null) return `Null value not supported for topic configs: ${name}`
  const why = valueProblem(known, value)
  if (why !== null) return `Invalid value ${why[0]} for configuration ${name}: ${why[1]}`
  if (name === 'remote.storage.enable' && value.toLowerCase() === 'true') {
    return 'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.'
  }
  return null
}

/** Why a broker's setting behind a topic's can't have this value; null where it can, or none stands behind it. */
export function synonymProblem(name: string, value: string): string | null {
  const known = BY_SYNONYM.get(name)
  const why = known ? valueProblem(known, value) : null
  return why && `Invalid value ${why[0]} for configuration ${name}: ${why[1]}`
}

/** Of settings that are sound each by itself. */
export function conflictProblem(values: ReadonlyMap<string, string>): string | null {
  const [least, most] = ['min.compaction.lag.ms', 'max.compaction.lag.ms'] as const
  const low = values.get(least)
  const high = values.get(most)
  if (low === undefined || high === undefined || BigInt(low.trim()) <= BigInt(high.trim())) return null
  return `conflict topic config setting ${least} (${low.trim()}) > ${most} (${high.trim()})`
}

type Why = readonly [value: string, why: string]

function valueProblem(config: TopicConfig, value: string): Why | null {
  switch (config.type) {
    case 'boolean':
      return /^(true|false)$/i.test(value) ? null : [value, 'Expected value to be either true or false']
    case 'list':
      return listProblem(config, value)
    case 'string':
      return config.values && !config.values.includes(value)
        ? [value, `String must be one of: ${config.values.join(', ')}`]
        : null
    default:
      return numberProblem(config, value)
  }
}

function listProblem({ name, values }: TopicConfig, value: string): Why | null {
  const items = value.trim() === '' ? [] : value.split(',').map((item) => item.trim())
  if (values) {
    const wrong = items.find((item) => !values.includes(item))
    return wrong === undefined ? null : [wrong, `String must be one of: ${values.join(', ')}`]
  }
  if (items.every((item) => /^\d+:\d+$/.test(item)) || value.trim() === '*') return null
  const format = '[partitionId]:[brokerId],[partitionId]:[brokerId],...'
  return [
    `[${items.join(', ')}]`,
    `${name} must be the literal '*' or a list of replicas in the following format: ${format}`,
  ]
}

const LIMITS = { int: 2n ** 31n, long: 2n ** 63n }

function numberProblem({ name, type, least, most }: TopicConfig, value: string): Why | null {
  const text = value.trim()
  const notOne: Why = [value, `Not a number of type ${type.toUpperCase()}`]
  if (type === 'double') {
    if (text === '' || !Number.isFinite(Number(text))) return notOne
    return boundProblem(Number(text), Number.isInteger(Number(text)) ? `${Number(text)}.0` : text, least, most)
  }
  if (!/^[-+]?\d{1,20}$/.test(text)) return notOne
  const number = BigInt(text)
  const limit = type === 'int' ? LIMITS.int : LIMITS.long
  if (number >= limit || number < -limit) return notOne
  if (name === GZIP_LEVEL && number !== -1n && (number < 1n || number > 9n)) {
    return [String(number), 'Value must be between 1 and 9 or equal to -1']
  }
  return boundProblem(Number(number), String(number), least, most)
}

function boundProblem(number: number, text: string, least = -Infinity, most = Infinity): Why | null {
  if (number < least) return [text, `Value must be at least ${least}`]
  return number > most ? [text, `Value must be no more than ${most}`] : null
}
