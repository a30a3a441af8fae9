/** The state of one embedded broker: of all its nodes together. */
import { randomBytes } from 'node:crypto'
import { Planter } from '../bugs/planter.ts'
import { Authorizer, type AuthorizerOptions } from './access/authorizer.ts'
import { type Clock, systemClock } from './clock.ts'
import { Cluster, type Endpoint } from './cluster.ts'
import { Coordinator } from './coordinator.ts'
import { FetchSessions } from './fetch-sessions.ts'
import { Groups } from './groups.ts'
import { ensureInternal, isInternal } from './internal-topics.ts'
import type { Marker } from './markers.ts'
import { CommittedOffsets, OFFSETS_TOPIC } from './offsets.ts'
import { type BrokerOptions, DEFAULT_OPTIONS } from './options.ts'
import { enforceRetention } from './retention.ts'
import { Credentials, type SaslOptions } from './sasl.ts'
import { Settings } from './settings.ts'
import type { Storage } from './storage.ts'
import { settingOf } from './topic-configs.ts'
import { type Topic, Topics, topicNameProblem } from './topics.ts'
import type { Transaction } from './transaction.ts'
import { Transactions } from './transactions.ts'

/** The lowest and highest version of each API key. */
export type ApiLimits = ReadonlyMap<number, readonly [low: number, high: number]>

export interface BrokerInit extends Partial<BrokerOptions> {
  readonly endpoint: Endpoint
  /** Of the other nodes, where there are more than one. */
  readonly moreEndpoints?: readonly Endpoint[]
  readonly clock?: Clock
  /** For topic ids, member ids and the cluster id. */
  readonly random?: (size: number) => Uint8Array
  /** Clients have to log in; default: they must not. */
  readonly sasl?: SaslOptions
  /** Who may do what; default: everybody everything. */
  readonly access?: AuthorizerOptions
  /** Versions that are answered at most, by API; APIs that are not in it are not answered. */
  readonly apiLimits?: ApiLimits
  /** Where state is kept over a restart; default nowhere. */
  readonly storage?: Storage
  /** Bugs to plant; default none. */
  readonly bugs?: Planter
}

export class Broker {
  readonly options: BrokerOptions
  readonly cluster: Cluster
  /** Of the first node. */
  readonly endpoint: Endpoint
  readonly clock: Clock
  readonly topics: Topics
  readonly offsets = new CommittedOffsets()
  readonly groups: Groups
  readonly settings: Settings
  /** Groups of all protocols. */
  readonly coordinator: Coordinator
  readonly transactions: Transactions
  readonly fetchSessions: FetchSessions
  /** The next producer id; to be kept over a restart. */
  nextProducerId = 0
  readonly clusterId: string
  readonly bugs: Planter
  readonly credentials: Credentials | null
  readonly authorizer: Authorizer | null
  readonly apiLimits: ApiLimits | null
  readonly storage: Storage | null
  /** Told of every change of a transaction. */
  onTransaction: (id: string, transaction: Transaction | null) => void = () => {}

  constructor(init: BrokerInit) {
    const { endpoint, moreEndpoints = [], clock = systemClock, random = randomBytes, ...more } = init
    const { bugs = new Planter([]), sasl, access, apiLimits, storage, ...options } = more
    this.options = { ...DEFAULT_OPTIONS, ...options }
    this.endpoint = endpoint
    this.cluster = new Cluster([endpoint, ...moreEndpoints])
    this.clock = clock
    this.bugs = bugs
    this.storage = storage ?? null
    this.apiLimits = apiLimits ?? null
    this.authorizer = access ? new Authorizer(access) : null
    this.topics = new Topics(random, this.cluster)
    this.groups = new Groups(this.options, clock, random, this.offsets, bugs.coordination)
    this.settings = new Settings(this.options.groupHeartbeatIntervalMs)
    this.coordinator = new Coordinator({ ...this, classic: this.groups })
    this.fetchSessions = new FetchSessions(this.options, clock, random)
    this.transactions = new Transactions(this.options, clock, {
      newId: () => this.newProducerId(),
      mark: (topic, partition, marker) => this.writeMarker(topic, partition, marker),
      changed: (transaction) => this.onTransaction(transaction.id, transaction),
      forgot: (id) => this.onTransaction(id, null),
    })
    const altered = (user: string, mechanism: number) => this.settings.scram.get(user)?.get(mechanism)
    this.credentials = sasl ? new Credentials(sasl, { now: () => clock.now(), random, altered }) : null
    this.clusterId = storage?.clusterId ?? this.topics.newId()
    storage?.restore(this)
  }

  /** The topic; made if it can and may be. */
  topicOrCreate(name: string, mayCreate: boolean): Topic | undefined {
    const known = this.topics.get(name)
    if (known || !mayCreate || !this.options.autoCreateTopics || topicNameProblem(name)) return known
    if (isInternal(name)) return ensureInternal(this, name)
    const partitions = this.options.numPartitions
    if (!this.hasRoom(partitions)) return undefined
    return this.topics.create(name, partitions)
  }

  /** Whether so many partitions more can be. */
  hasRoom(partitions: number): boolean {
    return this.topics.partitionCount + partitions <= this.options.maxPartitions
  }

  /** The largest batch that a topic takes: its own max.message.bytes, else message.max.bytes. */
  messageMaxBytes(topic: Topic): number {
    const fallback = String(this.options.messageMaxBytes)
    return Number(settingOf(topic.configs, this.settings, 'max.message.bytes', fallback))
  }

  /** A producer id that nobody has had. */
  newProducerId(): number {
    return this.nextProducerId++
  }

  /** Ends a producer's transaction in a partition, or in the groups that would belong to it; none where that is gone. */
  writeMarker(topic: string, partition: number, marker: Marker): void {
    if (topic === OFFSETS_TOPIC) this.offsets.end(marker.producerId, partition, marker.committed)
    else this.topics.get(topic)?.partitions[partition]?.appendMarker(marker, this.clock.now())
  }

  /** Lets go what topics need not keep any longer; called from time to time. */
  enforceRetention(): void {
    for (const topic of this.topics.all()) enforceRetention(topic, this.settings, this.clock.now())
  }

  /** Stops all timers. */
  close(): void {
    this.groups.close()
    this.coordinator.close()
    this.transactions.close()
    this.storage?.close()
  }
}
