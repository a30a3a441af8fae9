/** Committed offsets, by group, topic and partition. */
export interface CommittedOffset {
  readonly offset: number | bigint
  readonly leaderEpoch: number
  readonly metadata: string
}

export class CommittedOffsets {
  private readonly groups = new Map<string, Map<string, Map<number, CommittedOffset>>>()
  count = 0

  commit(group: string, topic: string, partition: number, committed: CommittedOffset): void {
    const topics = getOrAdd(this.groups, group, () => new Map<string, Map<number, CommittedOffset>>())
    const partitions = getOrAdd(topics, topic, () => new Map<number, CommittedOffset>())
    if (!partitions.has(partition)) this.count++
    partitions.set(partition, committed)
  }

  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.groups.get(group)?.get(topic)?.get(partition)
  }

  /** What a group has committed, by topic. */
  topicsOf(group: string): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.groups.get(group) ?? new Map()
  }

  has(group: string): boolean {
    return this.groups.has(group)
  }

  groupIds(): string[] {
    return [...this.groups.keys()]
  }

  deleteGroup(group: string): void {
    for (const partitions of this.topicsOf(group).values()) this.count -= partitions.size
    this.groups.delete(group)
  }

  /** A topic is gone; so is what was committed for it. */
  deleteTopic(topic: string): void {
    for (const [group, topics] of this.groups) {
      this.count -= topics.get(topic)?.size ?? 0
      topics.delete(topic)
      if (topics.size === 0) this.groups.delete(group)
    }
  }
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
