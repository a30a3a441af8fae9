/**
 * What the checks of a run share: the broker, what it advertises, a topic with records, a member of a group, a
 * transactional producer. All of it is made when it is first wanted, has the run's own prefix, and is removed at the end.
 */
import { errorName } from '../../dissectors/errors.ts'
import { writeBatch } from '../../dissectors/records/write.ts'
import { type Body, Connection, type ConnectionOptions } from '../client/connection.ts'
import { writeAssignment, writeSubscription } from '../client/consumer-protocol.ts'
import { ClientError } from '../client/errors.ts'
import type { Address } from '../client/socket.ts'
import type { Advertised } from '../client/versions.ts'
import type { Encodable } from '../codec/encode.ts'
import { apiKeyOf, requestMessage } from '../codec/messages.ts'
import type { Where } from './bench.ts'
import { Skipped } from './check.ts'

export interface Topic {
  readonly name: string
  /** As Uuid prints it. */
  readonly id: string
}

/** The one member of a classic group that stays. */
export interface Member {
  readonly groupId: string
  readonly memberId: string
  generation: number
}

/** A transactional producer as the coordinator knows it. */
export interface Transactional {
  readonly transactionalId: string
  producerId: number | bigint
  producerEpoch: number
}

const SESSION_MS = 120_000
const PATIENCE_MS = 30_000
const POLL_MS = 100
/** Records of the prepared topic's partition 0. */
export const RECORDS = 5

const encoder = new TextEncoder()

/** A batch as the prepared topic's, of `count` records. */
export const batchOf = (count: number): Uint8Array =>
  writeBatch({
    records: Array.from({ length: count }, (_, i) => ({ key: null, value: encoder.encode(`value ${i}`) })),
    baseTimestamp: 1_700_000_000_000,
  })

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export class Lab {
  readonly address: Address
  readonly options: ConnectionOptions
  readonly prefix: string
  readonly seed: number
  readonly advertised: Advertised
  /** Own topics and groups that may be there. */
  readonly topics = new Set<string>()
  readonly groups = new Set<string>()
  private readonly made = new Map<string, Promise<unknown>>()
  private control: Connection
  /** Where the topic's leader and the coordinators are, in a cluster of several brokers. */
  private readonly nodes = new Map<number, Address>()
  private lastName = 0

  constructor(
    control: Connection,
    init: {
      address: Address
      options: ConnectionOptions
      prefix: string
      seed: number
      advertised: Advertised
    },
  ) {
    this.control = control
    this.address = init.address
    this.options = init.options
    this.prefix = init.prefix
    this.seed = init.seed
    this.advertised = init.advertised
  }

  /** A name with the run's prefix. */
  name(what: string): string {
    return `${this.prefix}-${what}`.slice(0, 200)
  }

  freshName(kind: string): string {
    return this.name(`${kind}-${++this.lastName}`)
  }

  keyOf(api: string): number {
    const key = apiKeyOf(api)
    if (key === null) throw new Error(`there is no API ${api}`)
    return key
  }

  offers(api: string): boolean {
    return this.advertised.has(this.keyOf(api))
  }

  /** Throws Skipped where the broker does not advertise an API. */
  needs(...apis: readonly string[]): void {
    for (const api of apis) if (!this.offers(api)) throw new Skipped(`the broker does not offer ${api}`)
  }

  /** Throws Skipped. */
  skip(reason: string): never {
    throw new Skipped(reason)
  }

  /** What is asked to prepare: highest version first, and lower ones while the answer can't be read. */
  async ask<B = Body>(api: string, body: Encodable, where: Where = 'any'): Promise<B> {
    const apiKey = this.keyOf(api)
    const range = this.advertised.get(apiKey)
    if (!range) throw new Skipped(`the broker does not offer ${api}`)
    let last: unknown = null
    for (let version = range.max, tries = 0; version >= range.min && tries < 4; version--) {
      if (!requestMessage(apiKey, version)) continue
      tries++
      try {
        const connection = where === 'any' ? await this.controlled() : await this.connectTo(where)
        try {
          return (await connection.call<B>(api, body, { version, timeoutMs: 15_000 })).body
        } finally {
          if (where !== 'any') connection.close()
        }
      } catch (error) {
        last = error
        this.control.close()
      }
    }
    throw new Skipped(`what it needs could not be prepared: ${last instanceof Error ? last.message : api}`)
  }

  private async controlled(): Promise<Connection> {
    if (!this.control.open) {
      this.control = await Connection.open(this.address, { ...this.options, askVersions: false })
      this.control.advertised = this.advertised
    }
    return this.control
  }

  private async connectTo(where: Where): Promise<Connection> {
    const connection = await Connection.open(await this.addressOf(where), { ...this.options, askVersions: false })
    connection.advertised = this.advertised
    return connection
  }

  /** The address under test, but in a cluster of several brokers that of the one in charge. */
  async addressOf(where: Where): Promise<Address> {
    if (where === 'any') return this.address
    await this.topic()
    // A coordinator is asked for also where there is one broker: that makes the topic it keeps its state in.
    const node = await this.once(`node ${where}`, () => (where === 'leader' ? this.leader() : this.coordinator(where)))
    return (this.nodes.size > 1 && this.nodes.get(node)) || this.address
  }

  private async leader(): Promise<number> {
    return (await this.describe(this.name('topic')))?.leader ?? -1
  }

  private async coordinator(where: Where): Promise<number> {
    interface Found {
      readonly nodeId?: number
      readonly coordinators?: readonly { readonly nodeId: number }[]
    }
    const key = where === 'group' ? this.name('group') : this.name('txn')
    const asked = { key, keyType: where === 'group' ? 0 : 1, coordinatorKeys: [key] }
    for (const end = performance.now() + PATIENCE_MS; ; ) {
      const found = await this.ask<Found>('FindCoordinator', asked)
      const node = found.coordinators ? (found.coordinators[0]?.nodeId ?? -1) : (found.nodeId ?? -1)
      if (node >= 0 || performance.now() > end) return node
      await pause(POLL_MS)
    }
  }

  /** Made once; a failure is everybody's. */
  private once<T>(what: string, make: () => Promise<T>): Promise<T> {
    const known = this.made.get(what) as Promise<T> | undefined
    if (known) return known
    const making = make()
    this.made.set(what, making)
    making.catch(() => {})
    return making
  }

  /** One partition, with RECORDS records in it. */
  topic(): Promise<Topic> {
    return this.once('topic', async () => {
      const name = this.name('topic')
      const topic = await this.createTopic(name)
      const partitionData = [{ index: 0, records: batchOf(RECORDS) }]
      const body = {
        acks: -1,
        timeoutMs: 10_000,
        topicData: [{ name, topicId: topic.id, partitionData }],
      }
      const node = await this.describe(name)
      const address = (this.nodes.size > 1 && node && this.nodes.get(node.leader)) || this.address
      const connection = await Connection.open(address, { ...this.options, askVersions: false })
      connection.advertised = this.advertised
      await connection.call('Produce', body).catch(() => {})
      connection.close()
      return topic
    })
  }

  /** A new topic with a leader for every partition. Rejects with Skipped where it can't be had. */
  async createTopic(name: string, numPartitions = 1): Promise<Topic> {
    this.topics.add(name)
    const topic = { name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }
    // An answer that can't be read is another check's matter: whether the topic is there is asked.
    await this.ask('CreateTopics', { topics: [topic], timeoutMs: 10_000 }).catch(() => {})
    for (const end = performance.now() + 10_000; performance.now() < end; ) {
      const found = await this.describe(name)
      if (found && found.leader >= 0) return { name, id: found.id }
      await pause(POLL_MS)
    }
    throw new Skipped('what it needs could not be prepared: a topic')
  }

  private async describe(name: string): Promise<{ id: string; leader: number } | null> {
    interface Described {
      readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[]
      readonly topics: readonly {
        readonly errorCode: number
        readonly topicId?: string
        readonly partitions: readonly { readonly leaderId: number }[]
      }[]
    }
    const asked = { topics: [{ name }], allowAutoTopicCreation: false }
    const { brokers, topics } = await this.ask<Described>('Metadata', asked)
    for (const { nodeId, host, port } of brokers) this.nodes.set(nodeId, { host, port })
    const topic = topics[0]
    if (topic?.errorCode !== 0 || topic.partitions.length === 0) return null
    const lead = topic.partitions.map(({ leaderId }) => leaderId)
    return { id: topic.topicId ?? 'AAAAAAAAAAAAAAAAAAAAAA', leader: Math.min(...lead) < 0 ? -1 : lead[0]! }
  }

  /** What a member of the shared group sends as JoinGroup. */
  async joinBody(memberId: string, groupId = this.name('group')): Promise<{ [field: string]: Encodable }> {
    const { name } = await this.topic()
    this.groups.add(groupId)
    return {
      groupId,
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: SESSION_MS,
      memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: writeSubscription([name]) }],
    }
  }

  /** The shared group's one member, which leads it. */
  member(): Promise<Member> {
    return this.once('member', async () => {
      let memberId = ''
      for (const end = performance.now() + PATIENCE_MS; performance.now() < end; ) {
        const joined = await this.ask<Joined>('JoinGroup', await this.joinBody(memberId), 'group')
        if (joined.errorCode === 0) {
          const member = { groupId: this.name('group'), memberId: joined.memberId, generation: joined.generationId }
          await this.sync(member)
          return member
        }
        memberId = joined.memberId || memberId
        // MEMBER_ID_REQUIRED at once; a coordinator that is loading takes its time.
        if (errorName(joined.errorCode) !== 'MEMBER_ID_REQUIRED') await pause(POLL_MS)
      }
      throw new Skipped('what it needs could not be prepared: a member of a group')
    })
  }

  /** The member, leading its generation, gives itself the topic. */
  async sync(member: Member): Promise<void> {
    const { groupId, memberId, generation } = member
    const assignment = writeAssignment([{ topic: this.name('topic'), partitions: [0] }])
    const request = {
      groupId,
      generationId: generation,
      memberId,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: [{ memberId, assignment }],
    }
    await this.ask('SyncGroup', request, 'group')
  }

  /** The shared transactional producer, its last transaction over: InitProducerId aborts what is open. */
  async transactional(): Promise<Transactional> {
    interface Initialised {
      readonly errorCode: number
      readonly producerId: number | bigint
      readonly producerEpoch: number
    }
    await this.topic()
    const transactionalId = this.name('txn')
    // Where it took too long once, the next check does not wait as long again.
    const patience = this.made.has('no transactions') ? 1000 : 10_000
    for (const end = performance.now() + patience; performance.now() < end; ) {
      const body = { transactionalId, transactionTimeoutMs: 60_000 }
      const { errorCode, producerId, producerEpoch } = await this.ask<Initialised>('InitProducerId', body, 'txn')
      if (errorCode === 0) return { transactionalId, producerId, producerEpoch }
      await pause(20)
    }
    this.made.set('no transactions', Promise.resolve())
    throw new Skipped('what it needs could not be prepared: a transactional producer')
  }

  /** Members leave, groups and topics are deleted. Returns what could not be removed, for people. */
  async clean(): Promise<string[]> {
    const left: string[] = []
    const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      await work().catch((error: Error) => left.push(`${what}: ${error.message}`))
    }
    const member = await (this.made.get('member') as Promise<Member> | undefined)?.catch(() => null)
    if (member) {
      const { groupId, memberId } = member
      await attempt(groupId, () => this.ask('LeaveGroup', { groupId, memberId, members: [{ memberId }] }, 'group'))
    }
    const groupsNames = [...this.groups]
    if (groupsNames.length > 0 && this.offers('DeleteGroups')) {
      await attempt('groups', () => this.ask('DeleteGroups', { groupsNames }, 'group'))
    }
    const topicNames = [...this.topics]
    if (topicNames.length > 0) {
      const body = { topics: topicNames.map((name) => ({ name })), topicNames, timeoutMs: 10_000 }
      await attempt('topics', () => this.ask('DeleteTopics', body))
    }
    this.control.close()
    return left
  }
}

interface Joined {
  readonly errorCode: number
  readonly memberId: string
  readonly generationId: number
}

/** Whether a broker that was asked closed the connection instead of answering. */
export const wasClosed = (error: unknown): boolean => error instanceof ClientError && error.kind === 'closed'
