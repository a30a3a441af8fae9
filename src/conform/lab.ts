/**
 * What the checks of a run share: the broker, what it advertises, a topic with records, a member of a group, a
 * transactional producer. All of it is made when it is first wanted, has the run's own prefix, and is removed at the end.
 */
import { errorName } from '../../dissectors/errors.ts'
import { writeBatch } from '../../dissectors/records/write.ts'
import { type Body, Connection, type ConnectionOptions } from '../client/connection.ts'
import { writeAssignment, writeSubscription } from '../client/consumer-protocol.ts'
import { ClientError, type ClientErrorKind } from '../client/errors.ts'
import type { Address } from '../client/socket.ts'
import type { Advertised } from '../client/versions.ts'
import type { Encodable } from '../codec/encode.ts'
import { apiKeyOf, requestMessage } from '../codec/messages.ts'
import type { Where } from './bench.ts'
import { Skipped } from './check.ts'
import { cleanUp } from './cleanup.ts'
import { coordinatedKey } from './coordinators.ts'

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

/** As Uuid prints zero, the id of no topic. */
const NO_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const SESSION_MS = 120_000
const PATIENCE_MS = 30_000
const POLL_MS = 100
/** Records of the prepared topic's partition 0. */
export const RECORDS = 5

/** Of an answer that was no answer to the version that was asked. */
const UNREADABLE: ReadonlySet<ClientErrorKind> = new Set(['decode', 'correlation', 'frame', 'timeout', 'closed'])
/** Of a coordinator that is still loading, and a first join without a member id (KIP-394): asked again. */
const PASSING = new Set([
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'MEMBER_ID_REQUIRED',
])

/** Of a node that has not heard yet that it leads a new topic. */
const NOT_YET = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNKNOWN_TOPIC_ID',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
])

const encoder = new TextEncoder()

/** Versions of an API that may stay without an answer, each as long as a request may take: then the broker is not asked on. */
const MAX_SILENT = 2

/** A batch as the prepared topic's, of `count` records. */
export const batchOf = (count: number): Uint8Array =>
  writeBatch({
    records: Array.from({ length: count }, (_, i) => ({ key: null, value: encoder.encode(`value ${i}`) })),
    // Of now: what is older than log.retention.ms is deleted, while the run goes on.
    baseTimestamp: Date.now(),
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
  /** What ends a thing that was made: run when all checks are done, the last one first. */
  readonly endings: { readonly what: string; readonly work: () => Promise<unknown> }[] = []
  /**
   * Set while what a check needs can't be prepared, as the very API that it asks is answered wrongly: names and ids are
   * then made up, and only the bytes of the answer mean anything.
   */
  pretending = false
  private readonly made = new Map<string, Promise<unknown>>()
  /** `api version` whose answers could not be read: not used to prepare things. */
  private readonly unreadable = new Set<string>()
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

  /** What is asked to prepare: highest version first, and lower ones while the answer can't be read. Rejects with Skipped. */
  async ask<B = Body>(api: string, body: Encodable, where: Where = 'any'): Promise<B> {
    const apiKey = this.keyOf(api)
    const range = this.advertised.get(apiKey)
    if (!range) throw new Skipped(`the broker does not offer ${api}`)
    if (this.pretending) throw new Skipped('what it needs could not be prepared')
    let last: unknown = null
    let silent = 0
    for (let version = range.max; version >= range.min && silent < MAX_SILENT; version--) {
      if (!requestMessage(apiKey, version) || this.unreadable.has(`${api} ${version}`)) continue
      try {
        const connection =
          where === 'any'
            ? await this.controlled()
            : await this.connectTo(await this.addressOf(where, coordinatedKey(where, body)))
        try {
          const answer = await connection.call<B>(api, body, { version })
          if (answer.flaws.length === 0) return answer.body
          // Null where none may be, say: nothing that can be worked with.
          this.unreadable.add(`${api} ${version}`)
          last = new Error(`${api} v${version}: ${answer.flaws[0]!.code} in the answer`)
        } finally {
          if (where !== 'any') connection.close()
        }
      } catch (error) {
        last = error
        this.control.close()
        if (error instanceof ClientError && UNREADABLE.has(error.kind)) this.unreadable.add(`${api} ${version}`)
        else if (error instanceof ClientError && error.kind === 'connect') break
        if (error instanceof ClientError && error.kind === 'timeout') silent++
      }
    }
    throw new Skipped(`what it needs could not be prepared: ${last instanceof Error ? last.message : api}`)
  }

  private async controlled(): Promise<Connection> {
    if (!this.control.open) this.control = await this.connectTo(this.address)
    return this.control
  }

  /** What the broker advertises is known: it is not asked again. */
  private async connectTo(address: Address): Promise<Connection> {
    const connection = await Connection.open(address, { ...this.options, askVersions: false })
    connection.advertised = this.advertised
    return connection
  }

  /** The address under test, but in a cluster of several brokers that of the one in charge. `key`: of which group or id. */
  async addressOf(where: Where, key: string | null = null): Promise<Address> {
    if (where === 'any' || this.pretending) return this.address
    await this.topic()
    if (where === 'leader') return this.addressOfNode(await this.once('leader', () => this.leader()))
    const own = this.name(where)
    // A coordinator is asked for also where there is one broker: that makes the topic it keeps its state in.
    const first = await this.once(`coordinator ${where}`, () => this.coordinator(where, own))
    const named = key ?? own
    if (this.nodes.size < 2 || named === own) return this.addressOfNode(first)
    return this.addressOfNode(await this.once(`coordinator ${where} ${named}`, () => this.coordinator(where, named)))
  }

  private addressOfNode(node: number): Address {
    return (this.nodes.size > 1 && this.nodes.get(node)) || this.address
  }

  private async leader(): Promise<number> {
    return (await this.describe(this.name('topic')))?.leader ?? -1
  }

  private async coordinator(where: Where, key: string): Promise<number> {
    interface Found {
      readonly nodeId?: number
      readonly coordinators?: readonly { readonly nodeId: number }[]
    }
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
  async topic(): Promise<Topic> {
    if (this.pretending) return { name: this.name('topic'), id: NO_TOPIC_ID }
    return this.once('topic', async () => {
      const name = this.name('topic')
      const topic = await this.createTopic(name)
      const address = this.addressOfNode((await this.describe(name))?.leader ?? -1)
      await this.fill(address, topic)
      return topic
    })
  }

  /** Writes the prepared topic's records: again while its leader does not know yet that it is one. */
  private async fill(address: Address, { name, id }: Topic): Promise<void> {
    interface Produced {
      readonly responses: readonly { readonly partitionResponses: readonly { readonly errorCode: number }[] }[]
    }
    const partitionData = [{ index: 0, records: batchOf(RECORDS) }]
    const body = { acks: -1, timeoutMs: 10_000, topicData: [{ name, topicId: id, partitionData }] }
    const connection = await this.connectTo(address)
    try {
      for (const end = performance.now() + 10_000; performance.now() < end; await pause(POLL_MS)) {
        const answer = await connection.call<Produced>('Produce', body)
        if (answer.flaws.length > 0) return
        const error = errorName(answer.body.responses[0]?.partitionResponses[0]?.errorCode ?? 0)
        if (!NOT_YET.has(error)) return
      }
    } catch {
      // A Produce that is not answered soundly is its own check's matter.
    } finally {
      connection.close()
    }
  }

  /** A new topic with a leader for every partition. Rejects with Skipped where it can't be had. */
  async createTopic(name: string, numPartitions = 1): Promise<Topic> {
    this.topics.add(name)
    if (this.pretending) return { name, id: NO_TOPIC_ID }
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
    return { id: topic.topicId ?? NO_TOPIC_ID, leader: Math.min(...lead) < 0 ? -1 : lead[0]! }
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
  async member(): Promise<Member> {
    if (this.pretending) return this.stranger()
    return this.once('member', async () => {
      let memberId = ''
      let groupId = this.name('group')
      for (const end = performance.now() + PATIENCE_MS; performance.now() < end; ) {
        const known = this.unreadable.size
        const joined = await this.ask<Joined>('JoinGroup', await this.joinBody(memberId, groupId), 'group')
        if (this.unreadable.size > known) {
          // Who joined by an answer that can't be read is in that group, and would be waited for.
          groupId = this.freshName('group')
          memberId = ''
          continue
        }
        if (joined.errorCode === 0) {
          const { memberId, generationId: generation } = joined
          const leaving = { groupId, memberId, members: [{ memberId }] }
          this.atEnd(groupId, () => this.ask('LeaveGroup', leaving, 'group'))
          await this.sync({ groupId, memberId, generation })
          return { groupId, memberId, generation }
        }
        memberId = joined.memberId || memberId
        const error = errorName(joined.errorCode)
        if (!PASSING.has(error)) throw new Skipped(`what it needs could not be prepared: JoinGroup says ${error}`)
        if (error !== 'MEMBER_ID_REQUIRED') await pause(POLL_MS)
      }
      throw new Skipped('what it needs could not be prepared: a member of a group')
    })
  }

  /** A member that is none, of a group of its own. */
  private stranger(): Member {
    const groupId = this.freshName('group')
    this.groups.add(groupId)
    return { groupId, memberId: '', generation: 1 }
  }

  /** Forgets the shared member, which the broker has forgotten: the next check that wants one makes another. */
  memberIsGone(): void {
    this.made.delete('member')
  }

  /** The member, leading its generation, gives itself the topic. Returns SyncGroup's error code. */
  async sync(member: Member): Promise<number> {
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
    return (await this.ask<{ readonly errorCode: number }>('SyncGroup', request, 'group')).errorCode
  }

  /** The shared transactional producer, its last transaction over: InitProducerId aborts what is open. */
  async transactional(): Promise<Transactional> {
    interface Initialised {
      readonly errorCode: number
      readonly producerId: number | bigint
      readonly producerEpoch: number
    }
    const transactionalId = this.name('txn')
    if (this.pretending) return { transactionalId, producerId: 1, producerEpoch: 0 }
    await this.topic()
    // Where it took too long once, the next check does not wait as long again.
    const patience = this.made.has('no transactions') ? 1000 : 10_000
    for (const end = performance.now() + patience; performance.now() < end; ) {
      const body = { transactionalId, transactionTimeoutMs: 60_000 }
      const { errorCode, producerId, producerEpoch } = await this.ask<Initialised>('InitProducerId', body, 'txn')
      if (errorCode === 0) {
        await this.once('ending of transactions', async () => {
          this.atEnd(transactionalId, () => this.ask('InitProducerId', body, 'txn'))
        })
        return { transactionalId, producerId, producerEpoch }
      }
      await pause(20)
    }
    this.made.set('no transactions', Promise.resolve())
    throw new Skipped('what it needs could not be prepared: a transactional producer')
  }

  /** Has something done when all checks are, before groups and topics are deleted. */
  atEnd(what: string, work: () => Promise<unknown>): void {
    this.endings.push({ what, work })
  }

  /** Removes what was made. Returns what could not be removed, for people. */
  async clean(): Promise<string[]> {
    const left = await cleanUp(this)
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
