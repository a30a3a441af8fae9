/**
 * Committed offsets, by group, topic and partition; and those that open transactions will commit, by producer too
 * (OffsetMetadataManager of Apache Kafka).
 */
export interface CommittedOffset {
  readonly offset: number | bigint
  readonly leaderEpoch: number
  readonly metadata: string
}

export interface PendingOffset {
  /** In decimal. */
  readonly producerId: string
  readonly group: string
  readonly topic: string
  readonly partition: number
  readonly offset: CommittedOffset
}

type ByTopic = Map<string, Map<number, CommittedOffset>>

/** The topic whose partitions keep offsets in Apache Kafka: transactions name them. Here there is none. */
export const OFFSETS_TOPIC = '__consumer_offsets'
/** offsets.topic.num.partitions */
export const OFFSETS_PARTITIONS = 50

/** The partition of `__consumer_offsets` that a group belongs to: Java's String.hashCode, without its sign. */
export function offsetsPartition(group: string): number {
  let hash = 0
  for (let i = 0; i < group.length; i++) hash = (Math.imul(31, hash) + group.charCodeAt(i)) | 0
  return (hash & 0x7fffffff) % OFFSETS_PARTITIONS
}

export class CommittedOffsets {
  private readonly groups = new Map<string, ByTopic>()
  /** By group, then by producer id. */
  private readonly pending = new Map<string, Map<string, ByTopic>>()
  /** Committed and pending. */
  count = 0
  /** Told of every group whose offsets are no longer what they were. */
  changed: (group: string) => void = () => {}

  commit(group: string, topic: string, partition: number, committed: CommittedOffset): void {
    this.changed(group)
    this.put(
      getOrAdd(this.groups, group, () => new Map()),
      topic,
      partition,
      committed,
    )
  }

  private put(topics: ByTopic, topic: string, partition: number, committed: CommittedOffset): void {
    const partitions = getOrAdd(topics, topic, () => new Map<number, CommittedOffset>())
    if (!partitions.has(partition)) this.count++
    partitions.set(partition, committed)
  }

  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.groups.get(group)?.get(topic)?.get(partition)
  }

  /** To be committed when the producer's transaction is. */
  commitLater(
    producerId: number | bigint | string,
    group: string,
    topic: string,
    partition: number,
    offset: CommittedOffset,
  ): void {
    this.changed(group)
    const producers = getOrAdd(this.pending, group, () => new Map<string, ByTopic>())
    this.put(
      getOrAdd(producers, String(producerId), () => new Map()),
      topic,
      partition,
      offset,
    )
  }

  /** All that open transactions will commit: what to keep over a restart. */
  *allPending(): Generator<PendingOffset> {
    for (const [group, producers] of this.pending) {
      for (const [producerId, topics] of producers) {
        for (const [topic, partitions] of topics) {
          for (const [partition, offset] of partitions) yield { producerId, group, topic, partition, offset }
        }
      }
    }
  }

  /** Whether an open transaction is about to commit an offset for the partition (KIP-447). */
  isUnstable(group: string, topic: string, partition: number): boolean {
    for (const topics of this.pending.get(group)?.values() ?? []) if (topics.get(topic)?.has(partition)) return true
    return false
  }

  /** A producer's transaction has ended, as the groups of this partition of `__consumer_offsets` are told. */
  end(producerId: number | bigint, offsetsIndex: number, committed: boolean): void {
    const key = String(producerId)
    for (const [group, producers] of [...this.pending]) {
      const topics = producers.get(key)
      if (!topics || offsetsPartition(group) !== offsetsIndex) continue
      this.changed(group)
      producers.delete(key)
      if (producers.size === 0) this.pending.delete(group)
      this.count -= size(topics)
      if (!committed) continue
      for (const [topic, partitions] of topics) {
        for (const [partition, offset] of partitions) this.commit(group, topic, partition, offset)
      }
    }
  }

  /** What a group has committed, by topic. */
  topicsOf(group: string): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.groups.get(group) ?? new Map()
  }

  /** All that a group has committed. */
  *committedBy(group: string): Generator<[topic: string, partition: number, offset: CommittedOffset]> {
    for (const [topic, partitions] of this.topicsOf(group)) {
      for (const [partition, offset] of partitions) yield [topic, partition, offset]
    }
  }

  /** All that open transactions will commit for it. */
  *pendingOf(group: string): Generator<[producer: string, topic: string, partition: number, offset: CommittedOffset]> {
    for (const [producer, topics] of this.pending.get(group) ?? []) {
      for (const [topic, partitions] of topics) {
        for (const [partition, offset] of partitions) yield [producer, topic, partition, offset]
      }
    }
  }

  has(group: string): boolean {
    return this.groups.has(group) || this.pending.has(group)
  }

  groupIds(): string[] {
    return [...new Set([...this.groups.keys(), ...this.pending.keys()])]
  }

  /** Forgets what is committed for a partition; what open transactions will commit stays. */
  delete(group: string, topic: string, partition: number): void {
    const topics = this.groups.get(group)
    const partitions = topics?.get(topic)
    if (!topics || !partitions?.delete(partition)) return
    this.changed(group)
    this.count--
    if (partitions.size === 0) topics.delete(topic)
    if (topics.size === 0) this.groups.delete(group)
  }

  deleteGroup(group: string): void {
    this.changed(group)
    this.count -= size(this.topicsOf(group))
    for (const topics of this.pending.get(group)?.values() ?? []) this.count -= size(topics)
    this.groups.delete(group)
    this.pending.delete(group)
  }

  /** A topic is gone; so is what was committed for it. */
  deleteTopic(topic: string): void {
    for (const [group, topics] of this.groups) {
      if (topics.has(topic)) this.changed(group)
      this.drop(topics, topic)
      if (topics.size === 0) this.groups.delete(group)
    }
    for (const [group, producers] of this.pending) {
      for (const [producer, topics] of producers) {
        if (topics.has(topic)) this.changed(group)
        this.drop(topics, topic)
        if (topics.size === 0) producers.delete(producer)
      }
      if (producers.size === 0) this.pending.delete(group)
    }
  }

  private drop(topics: ByTopic, topic: string): void {
    this.count -= topics.get(topic)?.size ?? 0
    topics.delete(topic)
  }
}

const size = (topics: ReadonlyMap<string, ReadonlyMap<number, unknown>>): number =>
  [...topics.values()].reduce((sum, partitions) => sum + partitions.size, 0)

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
