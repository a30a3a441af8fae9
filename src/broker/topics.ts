/** Topics and their partitions' logs. */
import { toUuid, ZERO_UUID } from '../bytes/hex.ts'
import type { Cluster } from './cluster.ts'
import { PartitionLog } from './log.ts'

export interface Topic {
  readonly name: string
  /** As Kafka's Uuid prints it. */
  readonly id: string
  readonly partitions: PartitionLog[]
  readonly replicationFactor: number
  /** Only those that were set when it was made. */
  readonly configs: Map<string, string>
}

/** Where a topic's partitions shall be: on how many nodes, or on which, the leader first. */
export interface Placement {
  readonly replicationFactor?: number
  /** Of a topic that was there before. */
  readonly id?: string
  readonly assignments?: readonly (readonly number[])[]
}

/** Whether Apache Kafka allows this topic name (org.apache.kafka.common.internals.Topic): null, or why it does not. */
export function topicNameProblem(name: string): string | null {
  if (name === '') return 'the empty string is not allowed'
  if (name === '.' || name === '..') return `'.' or '..' is not allowed`
  if (name.length > 249) return `the length of a topic name can't be longer than 249 characters`
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) return 'only ASCII alphanumerics, ".", "_" and "-" are allowed'
  return null
}

export class Topics {
  private readonly byName = new Map<string, Topic>()
  private readonly byId = new Map<string, Topic>()
  private readonly random: (size: number) => Uint8Array
  partitionCount = 0
  /** Bytes in all logs, at most; before they were counted first, as many as can be. */
  private held = Number.POSITIVE_INFINITY
  /** Rises whenever a topic comes, goes or grows. */
  version = 0

  private readonly cluster: Cluster

  /** `random` gives bytes for topic ids. */
  constructor(random: (size: number) => Uint8Array, cluster: Cluster) {
    this.random = random
    this.cluster = cluster
  }

  get(name: string): Topic | undefined {
    return this.byName.get(name)
  }

  getById(id: string): Topic | undefined {
    return this.byId.get(id)
  }

  /** A request names a topic by id or by name, whatever its version has: the topic, or undefined. */
  find(ref: { readonly topicId?: string | undefined; readonly name?: string | null | undefined }): Topic | undefined {
    if (ref.topicId !== undefined && ref.topicId !== ZERO_UUID) return this.byId.get(ref.topicId)
    return ref.name == null ? undefined : this.byName.get(ref.name)
  }

  all(): Topic[] {
    return [...this.byName.values()]
  }

  /** A random uuid of version 4. */
  newId(): string {
    const hex = [...this.random(16)].map((byte, i) =>
      i === 6 ? (byte & 0x0f) | 0x40 : i === 8 ? (byte & 0x3f) | 0x80 : byte,
    )
    return toUuid(Uint8Array.from(hex), 0)
  }

  /** Makes a topic; the caller has checked that the name is sound and free. */
  create(
    name: string,
    partitions: number,
    configs: ReadonlyMap<string, string> = new Map(),
    { replicationFactor = 1, assignments = [], id: known }: Placement = {},
  ): Topic {
    let id = known ?? this.newId()
    // Kafka's Uuid.randomUuid does the same: tools could take a leading dash for an option.
    while (known === undefined && (id.startsWith('-') || this.byId.has(id))) id = this.newId()
    const topic: Topic = { name, id, partitions: [], replicationFactor, configs: new Map(configs) }
    this.grow(topic, partitions, assignments)
    this.byName.set(name, topic)
    this.byId.set(id, topic)
    return topic
  }

  /** Adds partitions up to `count`; `assignments` are of those that are added. */
  grow(topic: Topic, count: number, assignments: readonly (readonly number[])[] = []): void {
    const before = topic.partitions.length
    while (topic.partitions.length < count) {
      const index = topic.partitions.length
      const replicas = assignments[index - before] ?? this.cluster.replicas(topic.name, index, topic.replicationFactor)
      topic.partitions.push(new PartitionLog(replicas))
      this.partitionCount++
      this.version++
    }
  }

  delete(topic: Topic): void {
    this.byName.delete(topic.name)
    this.byId.delete(topic.id)
    this.version++
    this.partitionCount -= topic.partitions.length
    for (const log of topic.partitions) log.close()
  }

  /**
   * Keeps what all logs hold under `limit` bytes. The largest log loses its oldest batches. `appended`: bytes since the
   * last time; what can't have reached the limit is not counted again.
   */
  enforceRetention(limit: number, appended = Number.POSITIVE_INFINITY): void {
    this.held += appended
    if (this.held <= limit) return
    const logs = this.all().flatMap((topic) => topic.partitions)
    let total = logs.reduce((sum, log) => sum + log.size, 0)
    // A tenth more than needed, so that this is not done for every batch.
    for (const goal = limit * 0.9; total > goal && total > 0; ) {
      const largest = logs.reduce((a, b) => (b.size > a.size ? b : a))
      const gone = largest.dropOldest(total - goal)
      if (gone === 0) break
      total -= gone
    }
    this.held = total
  }
}
