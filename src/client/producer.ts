/**
 * Sends records: those that wait for one broker go into one request, a batch for each partition. While requests are
 * under way the next ones fill, so batches grow with the load and nothing waits without need.
 */
import { errorCode } from '../../dissectors/errors.ts'
import type { Codec } from '../../dissectors/records/compression.ts'
import { type RecordInit, writeBatch, writeMessageSet } from '../../dissectors/records/write.ts'
import { BrokerError, type Cluster, type TopicInfo } from './cluster.ts'
import type { Connection } from './connection.ts'

export interface ProducerOptions {
  readonly acks: -1 | 0 | 1
  readonly codec: Codec
  readonly clientId?: string | undefined
  /** Requests under way on one connection. */
  readonly maxInFlight: number
  /** Bytes of keys and values in one batch, about. */
  readonly batchBytes: number
  readonly timeoutMs: number
}

/** Called once: with null when the broker has acknowledged the record (acks 0: when it was sent), else with why not. */
export type Sent = (error: Error | null) => void

interface Pending {
  readonly record: RecordInit
  readonly size: number
  readonly done: Sent
  tries: number
}

/** One batch of a request. */
interface Taken {
  readonly partition: number
  readonly pending: readonly Pending[]
}

interface ProduceBody {
  readonly responses: readonly {
    readonly partitionResponses: readonly { readonly index: number; readonly errorCode: number }[]
  }[]
}

/** Nothing was appended, and another try may do better: the topic is new, or its leader has moved. */
const RETRIABLE = new Set(
  ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_OR_FOLLOWER', 'UNKNOWN_TOPIC_ID'].map(errorCode),
)
const MAX_TRIES = 6
const RETRY_MS = 100
const FIRST_WITH_BATCHES = 3
const FIRST_WITH_TOPIC_IDS = 13

/** Everything for one broker. */
interface Lane {
  readonly node: number
  readonly queues: Map<number, Pending[]>
  connection: Promise<Connection> | null
  inFlight: number
  scheduled: boolean
}

export class Producer {
  private readonly cluster: Cluster
  private readonly options: ProducerOptions
  private topic: TopicInfo
  private readonly lanes = new Map<number, Lane>()

  constructor(cluster: Cluster, topic: TopicInfo, options: ProducerOptions) {
    this.cluster = cluster
    this.topic = topic
    this.options = options
  }

  /** Queues a record; it goes out in this turn of the event loop if a request is free. */
  send(partition: number, record: RecordInit, done: Sent): void {
    const size = (record.key?.length ?? 0) + (record.value?.length ?? 0)
    this.queue(partition, { record, size, done, tries: 0 })
  }

  private queue(partition: number, pending: Pending): void {
    const lane = this.lane(this.topic.partitions[partition]?.leader ?? -1)
    const queue = lane.queues.get(partition)
    if (queue) queue.push(pending)
    else lane.queues.set(partition, [pending])
    this.schedule(lane)
  }

  private lane(node: number): Lane {
    let lane = this.lanes.get(node)
    if (!lane) {
      lane = { node, queues: new Map(), connection: null, inFlight: 0, scheduled: false }
      this.lanes.set(node, lane)
    }
    return lane
  }

  private schedule(lane: Lane): void {
    if (lane.scheduled || lane.inFlight >= this.options.maxInFlight) return
    lane.scheduled = true
    setImmediate(() => {
      lane.scheduled = false
      const taken = this.take(lane)
      if (taken.length === 0) return
      lane.inFlight++
      void this.request(lane, taken).finally(() => {
        lane.inFlight--
        if (lane.queues.size > 0) this.schedule(lane)
      })
      if (lane.queues.size > 0) this.schedule(lane)
    })
  }

  private take(lane: Lane): Taken[] {
    const { batchBytes } = this.options
    const taken: Taken[] = []
    for (const [partition, queue] of lane.queues) {
      let bytes = 0
      let count = 0
      while (count < queue.length && (count === 0 || bytes + queue[count]!.size <= batchBytes)) {
        bytes += queue[count++]!.size
      }
      taken.push({ partition, pending: queue.slice(0, count) })
      if (count === queue.length) lane.queues.delete(partition)
      else lane.queues.set(partition, queue.slice(count))
    }
    return taken
  }

  private async request(lane: Lane, taken: readonly Taken[]): Promise<void> {
    try {
      const { acks, timeoutMs } = this.options
      const connection = await this.connected(lane)
      const version = connection.versionOf('Produce', this.topic.id ? {} : { most: FIRST_WITH_TOPIC_IDS - 1 })
      const partitionData = taken.map(({ partition, pending }) => ({
        index: partition,
        records: this.records(pending, version),
      }))
      const { name, id } = this.topic
      const topicData = [{ name, ...(id ? { topicId: id } : {}), partitionData }]
      const body = { transactionalId: null, acks, timeoutMs, topicData }
      const answer = await connection.call<ProduceBody>('Produce', body, { version, noAnswer: acks === 0 })
      if (acks === 0) this.settle(taken, null)
      else this.answered(taken, answer.body, { broker: connection.broker, request: `Produce v${version}` })
    } catch (error) {
      this.settle(taken, error instanceof Error ? error : new Error(String(error)))
    }
  }

  private connected(lane: Lane): Promise<Connection> {
    const open = async (): Promise<Connection> => {
      if (lane.node < 0) throw new Error(`${this.topic.name}: a partition has no leader`)
      return this.cluster.connectNode(lane.node, this.options.clientId)
    }
    lane.connection = (lane.connection ?? open()).then(
      (connection) => (connection.open ? connection : open()),
      () => open(),
    )
    return lane.connection
  }

  private records(pending: readonly Pending[], version: number): Uint8Array {
    const records = pending.map(({ record }) => record)
    const { codec } = this.options
    if (version >= FIRST_WITH_BATCHES) return writeBatch({ records, codec })
    if (codec === 'zstd') throw new Error(`Produce v${version} has no zstd`)
    return writeMessageSet({ magic: version < 2 ? 0 : 1, messages: records, codec })
  }

  private settle(taken: readonly Taken[], error: Error | null): void {
    for (const { pending } of taken) for (const { done } of pending) done(error)
  }

  private answered(
    taken: readonly Taken[],
    { responses }: ProduceBody,
    place: { readonly broker: string; readonly request: string },
  ): void {
    const codes = new Map<number, number>()
    for (const { partitionResponses } of responses) {
      for (const { index, errorCode: code } of partitionResponses) codes.set(index, code)
    }
    const again: Taken[] = []
    for (const each of taken) {
      const code = codes.get(each.partition)
      if (code === 0) this.settle([each], null)
      else if (code === undefined) {
        const { broker, request } = place
        this.settle([each], new Error(`${broker}: ${request}: the answer lacks partition ${each.partition}`))
      } else if (RETRIABLE.has(code) && each.pending[0]!.tries < MAX_TRIES) again.push(each)
      else this.settle([each], new BrokerError(code, place))
    }
    if (again.length > 0) setTimeout(() => void this.retry(again), RETRY_MS)
  }

  private async retry(taken: readonly Taken[]): Promise<void> {
    const [topic] = await this.cluster.metadata([this.topic.name]).catch(() => [])
    if (topic && topic.errorCode === 0) this.topic = topic
    for (const { partition, pending } of taken) {
      for (const each of pending) {
        each.tries++
        this.queue(partition, each)
      }
    }
  }
}
