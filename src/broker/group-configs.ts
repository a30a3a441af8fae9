/** Configuration of groups (ConfigResource GROUP, KIP-848 and KIP-932): names, types, defaults and bounds of Apache Kafka. */
import type { Config } from './configs.ts'

export interface GroupConfig extends Config {
  /** The broker's setting that it stands before; where there is none, its own name. */
  readonly synonym: string
  /** Inclusive. */
  readonly bounds?: readonly [low: number, high: number]
}

type Rest = { bounds?: readonly [number, number]; values?: readonly string[]; synonym?: string }

const config = (name: string, type: Config['type'], value: string, rest: Rest = {}): GroupConfig => ({
  name,
  type,
  default: value,
  synonym: `group.${name}`,
  ...rest,
})

const BOOLEAN = { values: ['true', 'false'] }

/** Defaults of the heartbeat intervals are the broker's own options. */
export const GROUP_CONFIGS: readonly GroupConfig[] = [
  config('consumer.session.timeout.ms', 'int', '45000', { bounds: [45_000, 60_000] }),
  config('consumer.heartbeat.interval.ms', 'int', '5000', { bounds: [5000, 15_000] }),
  config('consumer.assignment.interval.ms', 'int', '1000', { bounds: [0, 15_000] }),
  config('share.session.timeout.ms', 'int', '45000', { bounds: [45_000, 60_000] }),
  config('share.heartbeat.interval.ms', 'int', '5000', { bounds: [5000, 15_000] }),
  config('share.assignment.interval.ms', 'int', '1000', { bounds: [0, 15_000] }),
  config('share.record.lock.duration.ms', 'int', '30000', { bounds: [15_000, 60_000] }),
  config('share.delivery.count.limit', 'int', '5', { bounds: [2, 10] }),
  config('share.partition.max.record.locks', 'int', '2000', { bounds: [100, 4000] }),
  config('share.auto.offset.reset', 'string', 'latest', { synonym: 'share.auto.offset.reset' }),
  config('share.isolation.level', 'string', 'read_uncommitted', {
    values: ['read_committed', 'read_uncommitted'],
    synonym: 'share.isolation.level',
  }),
  config('share.renew.acknowledge.enable', 'boolean', 'true', {
    ...BOOLEAN,
    synonym: 'share.renew.acknowledge.enable',
  }),
  config('errors.deadletterqueue.copy.record.enable', 'boolean', 'false', {
    ...BOOLEAN,
    synonym: 'errors.deadletterqueue.copy.record.enable',
  }),
  config('errors.deadletterqueue.topic.name', 'string', '', { synonym: 'errors.deadletterqueue.topic.name' }),
  config('streams.session.timeout.ms', 'int', '45000', { bounds: [45_000, 60_000] }),
  config('streams.heartbeat.interval.ms', 'int', '5000', { bounds: [5000, 15_000] }),
  config('streams.assignment.interval.ms', 'int', '1000', { bounds: [0, 15_000] }),
  config('streams.initial.rebalance.delay.ms', 'int', '3000', { bounds: [0, 2_147_483_647] }),
  config('streams.num.standby.replicas', 'int', '0', { bounds: [0, 2] }),
  config('streams.assignor.name', 'string', 'sticky', { synonym: 'group.streams.assignors' }),
  config('streams.rack.aware.assignment.tags', 'list', ''),
]

/** Configuration of client metrics subscriptions (KIP-714). */
export const METRICS_CONFIGS: readonly Config[] = [
  { name: 'interval.ms', type: 'int', default: '300000' },
  { name: 'match', type: 'list', default: '' },
  { name: 'metrics', type: 'list', default: '' },
]

/** Whether the setting of a group has a value that Apache Kafka takes: null, or why not. */
export function groupConfigProblem(name: string, value: string): string | null {
  const known = GROUP_CONFIGS.find((each) => each.name === name)
  if (!known) return `Unknown group config name: ${name}`
  if (known.type === 'int') {
    const number = Number(value.trim())
    if (!/^-?\d+$/.test(value.trim()))
      return `Invalid value ${value} for configuration ${name}: Not a number of type INT`
    const [low, high] = known.bounds ?? [-2_147_483_648, 2_147_483_647]
    if (number < low || number > high) return `${name} must be in the range ${low} to ${high} inclusive.`
  }
  const reset = name === 'share.auto.offset.reset' ? /^(latest|earliest|by_duration:P\S+)$/ : null
  const fits = reset ? reset.test(value) : (known.values?.includes(value) ?? true)
  return fits ? null : `Invalid value ${value} for configuration ${name}`
}
