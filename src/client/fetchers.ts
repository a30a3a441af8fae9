/** Fetches the partitions that a member was given, over one connection for each of their leaders. */
import { errorCode } from '../../dissectors/errors.ts'
import { BrokerError, type Cluster, type TopicInfo } from './cluster.ts'
import type { Connection } from './connection.ts'
import { EARLIEST, listOffset } from './group-offsets.ts'

export interface FetchOptions {
  readonly topic: TopicInfo
  readonly clientId: string
  readonly fetchWaitMs: number
  readonly onRecords: (partition: number, records: Uint8Array, from: number, generation: number) => number
}

interface FetchBody {
  readonly errorCode?: number
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly partitionIndex: number
      readonly errorCode: number
      readonly records: Uint8Array | null
    }[]
  }[]
}

const OFFSET_OUT_OF_RANGE = errorCode('OFFSET_OUT_OF_RANGE')
const FIRST_WITH_TOPIC_IDS = 13
/** fetch.max.bytes and max.partition.fetch.bytes of the Java client. */
const MAX_BYTES = 52_428_800
const PARTITION_MAX_BYTES = 1 << 20
/** An answer may take that much longer than the broker was told to wait. */
const GRACE_MS = 30_000

export class Fetchers {
  /** The next offset of each partition: what is committed. */
  readonly offsets: Map<number, number>
  private readonly cluster: Cluster
  private readonly options: FetchOptions
  private readonly generation: number
  private readonly connections: Connection[] = []
  private over = false

  constructor(cluster: Cluster, options: FetchOptions, offsets: Map<number, number>, generation: number) {
    this.cluster = cluster
    this.options = options
    this.offsets = offsets
    this.generation = generation
  }

  /** Begins. The promise rejects with what goes wrong, and never resolves. */
  start(): Promise<never> {
    return new Promise((_resolve, reject) => {
      void this.lead().catch((error: unknown) => {
        if (!this.over) reject(error)
      })
    })
  }

  /** Nothing more is taken: what is under way is dropped when it comes. */
  stop(): void {
    this.over = true
    for (const connection of this.connections) connection.close()
  }

  /** Looks the leaders up anew: they may have moved since the last rebalance. */
  private async lead(): Promise<void> {
    if (this.offsets.size === 0) return
    const { topic } = this.options
    const [known] = await this.cluster.metadata([topic.name])
    const byLeader = new Map<number, number[]>()
    for (const partition of this.offsets.keys()) {
      const leader = known?.partitions[partition]?.leader ?? -1
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition])
    }
    await Promise.all([...byLeader].map(([leader, partitions]) => this.fetchFrom(leader, partitions)))
  }

  private async fetchFrom(leader: number, partitions: readonly number[]): Promise<void> {
    const { topic, fetchWaitMs, clientId } = this.options
    const connection = await this.cluster.connectNode(leader, clientId)
    this.connections.push(connection)
    if (this.over) {
      connection.close()
      return
    }
    const version = connection.versionOf('Fetch', topic.id ? {} : { most: FIRST_WITH_TOPIC_IDS - 1 })
    while (!this.over) {
      const asked = partitions.map((partition) => ({
        partition,
        fetchOffset: this.offsets.get(partition)!,
        partitionMaxBytes: PARTITION_MAX_BYTES,
        logStartOffset: -1,
      }))
      const ids = topic.id ? { topicId: topic.id } : {}
      const request = {
        replicaId: -1,
        maxWaitMs: fetchWaitMs,
        minBytes: 1,
        maxBytes: MAX_BYTES,
        isolationLevel: 0,
        // No session (KIP-227): each request names all its partitions.
        sessionId: 0,
        sessionEpoch: -1,
        topics: [{ topic: topic.name, ...ids, partitions: asked }],
        rackId: '',
      }
      const timeoutMs = fetchWaitMs + GRACE_MS
      const { body } = await connection.call<FetchBody>('Fetch', request, { version, timeoutMs })
      if (this.over) return
      await this.take(connection, version, body)
    }
  }

  private async take(connection: Connection, version: number, body: FetchBody): Promise<void> {
    const place = { broker: connection.broker, request: `Fetch v${version}` }
    if (body.errorCode) throw new BrokerError(body.errorCode, place)
    for (const { partitions } of body.responses) {
      for (const { partitionIndex, errorCode: code, records } of partitions) {
        const from = this.offsets.get(partitionIndex)
        if (from === undefined) continue
        if (code === OFFSET_OUT_OF_RANGE) {
          const offset = await listOffset(connection, this.options.topic.name, partitionIndex, EARLIEST)
          this.offsets.set(partitionIndex, offset)
        } else if (code !== 0) throw new BrokerError(code, place)
        else if (records && records.length > 0 && !this.over) {
          this.offsets.set(partitionIndex, this.options.onRecords(partitionIndex, records, from, this.generation))
        }
      }
    }
  }
}
