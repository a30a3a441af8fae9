/**
 * The topics in which Apache Kafka keeps offsets, transactions and share groups (org.apache.kafka.common.internals.Topic).
 * They are made as there, when a coordinator is first looked for, and are listed as internal; they hold no records, as the
 * state is kept elsewhere.
 */
import type { Broker } from './broker.ts'
import { OFFSETS_PARTITIONS, OFFSETS_TOPIC } from './offsets.ts'
import type { Topic } from './topics.ts'

export const TRANSACTIONS_TOPIC = '__transaction_state'
export const SHARE_TOPIC = '__share_group_state'

interface InternalTopic {
  readonly partitions: number
  readonly configs: { readonly [name: string]: string }
}

/** As Apache Kafka 4.4.0 makes them on a single node. */
const INTERNAL: ReadonlyMap<string, InternalTopic> = new Map([
  [
    OFFSETS_TOPIC,
    {
      partitions: OFFSETS_PARTITIONS,
      configs: { 'compression.type': 'producer', 'cleanup.policy': 'compact', 'segment.bytes': '104857600' },
    },
  ],
  [
    TRANSACTIONS_TOPIC,
    {
      partitions: 50,
      configs: {
        'compression.type': 'uncompressed',
        'min.insync.replicas': '1',
        'cleanup.policy': 'compact',
        'segment.bytes': '104857600',
        'unclean.leader.election.enable': 'false',
      },
    },
  ],
  [
    SHARE_TOPIC,
    {
      partitions: 50,
      configs: {
        'compression.type': 'producer',
        'min.insync.replicas': '1',
        'cleanup.policy': 'delete',
        'segment.bytes': '104857600',
        'retention.ms': '-1',
      },
    },
  ],
])

export const isInternal = (topic: string): boolean => INTERNAL.has(topic)

/** Makes an internal topic unless it is there; undefined where there is no room for it. */
export function ensureInternal(broker: Broker, name: string): Topic | undefined {
  const { topics, cluster } = broker
  const known = topics.get(name)
  const wanted = INTERNAL.get(name)
  if (known || !wanted || !broker.hasRoom(wanted.partitions)) return known
  const placement = { replicationFactor: Math.min(3, cluster.nodes.length) }
  return topics.create(name, wanted.partitions, new Map(Object.entries(wanted.configs)), placement)
}
