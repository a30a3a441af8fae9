/**
 * A member of a classic consumer group: joins, takes part in rebalances, leads them (range) when it is told to, fetches
 * what it is given and commits. It commits before it joins again, so that nothing is read twice over a rebalance.
 *
 *     join -> sync -> fetch, heartbeat, commit -> (told to rejoin) commit -> join ... -> commit, leave
 */
import { errorCode } from '../../dissectors/errors.ts'
import { BrokerError, type Cluster, type TopicInfo } from './cluster.ts'
import type { Connection } from './connection.ts'
import {
  assignRanges,
  readAssignment,
  readSubscription,
  writeAssignment,
  writeSubscription,
} from './consumer-protocol.ts'
import { Fetchers } from './fetchers.ts'
import { commitOffsets, startOffsets } from './group-offsets.ts'

export interface MemberOptions {
  readonly groupId: string
  readonly topic: TopicInfo
  readonly clientId: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly heartbeatMs: number
  readonly commitMs: number
  /** How long a fetch may wait at the broker for something to come. */
  readonly fetchWaitMs: number
  /** Failures one after another before the member gives up. */
  readonly maxFailures: number
  /** Takes a partition's fetched records from an offset on; returns the next one to fetch. */
  readonly onRecords: (partition: number, records: Uint8Array, from: number, generation: number) => number
  readonly onEvent: (event: MemberEvent) => void
}

export type MemberEvent =
  | { readonly type: 'joined'; readonly generation: number; readonly leads: boolean }
  | { readonly type: 'assigned'; readonly generation: number; readonly partitions: readonly number[] }
  /** The group rebalances: the member gives back what it had. */
  | { readonly type: 'rebalance'; readonly generation: number }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'gave-up' | 'left' }

interface JoinBody {
  readonly errorCode: number
  readonly generationId: number
  readonly protocolName: string | null
  readonly leader: string
  readonly memberId: string
  readonly members: readonly { readonly memberId: string; readonly metadata: Uint8Array }[]
}
interface SyncBody {
  readonly errorCode: number
  readonly assignment: Uint8Array
}

const MEMBER_ID_REQUIRED = errorCode('MEMBER_ID_REQUIRED')
const UNKNOWN_MEMBER_ID = errorCode('UNKNOWN_MEMBER_ID')
const ILLEGAL_GENERATION = errorCode('ILLEGAL_GENERATION')
const REBALANCE_IN_PROGRESS = errorCode('REBALANCE_IN_PROGRESS')
const PROTOCOL_TYPE = 'consumer'
const RANGE = 'range'
const RETRY_MS = 250
/** What a broker may take on top of the time that a rebalance may take. */
const GRACE_MS = 5000
const STOP_MS = 3000

export class GroupMember {
  private readonly cluster: Cluster
  private readonly options: MemberOptions
  private memberId = ''
  private generation = -1
  private coordinator: Connection | null = null
  private stopping = false
  private stopped: Promise<void> | null = null
  /** Ends what goes on now: waiting, or consuming. */
  private wake: () => void = () => {}

  constructor(cluster: Cluster, options: MemberOptions) {
    this.cluster = cluster
    this.options = options
  }

  /** Begins; failures are events. */
  start(): void {
    this.stopped ??= this.run()
  }

  /** Commits, leaves the group; resolves when it is done, or has failed. */
  async stop(): Promise<void> {
    this.stopping = true
    this.wake()
    // A join may wait for others for very long.
    const impatient = setTimeout(() => this.disconnect(), STOP_MS)
    await this.stopped
    clearTimeout(impatient)
  }

  private async run(): Promise<void> {
    const { onEvent, maxFailures } = this.options
    let failures = 0
    while (!this.stopping) {
      try {
        await this.round()
        failures = 0
      } catch (error) {
        if (this.stopping) break
        onEvent({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
        this.disconnect()
        if (++failures >= maxFailures) {
          onEvent({ type: 'gave-up' })
          return
        }
        await this.pause(RETRY_MS)
      }
    }
    await this.leave().catch(() => {})
    this.disconnect()
    onEvent({ type: 'left' })
  }

  /** From a join to the next rebalance, or the end. */
  private async round(): Promise<void> {
    const connection = await this.connected()
    const joined = await this.join(connection)
    if (this.stopping) return
    const partitions = await this.sync(connection, joined)
    if (partitions === null) return
    const { generation } = this
    this.options.onEvent({ type: 'assigned', generation, partitions })
    const group = { groupId: this.options.groupId, memberId: this.memberId, generation, topic: this.options.topic }
    const offsets = await startOffsets(connection, this.cluster, group, partitions)
    const fetchers = new Fetchers(this.cluster, this.options, offsets, generation)
    try {
      await this.consume(connection, fetchers)
      fetchers.stop()
      if (this.generation >= 0) await commitOffsets(connection, group, fetchers.offsets)
    } finally {
      fetchers.stop()
    }
  }

  private async join(connection: Connection): Promise<JoinBody> {
    const { groupId, sessionTimeoutMs, rebalanceTimeoutMs, topic, onEvent } = this.options
    const protocols = [{ name: RANGE, metadata: writeSubscription([topic.name]) }]
    for (;;) {
      const { memberId } = this
      const request = {
        groupId,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        memberId,
        protocolType: PROTOCOL_TYPE,
        protocols,
      }
      const timeoutMs = Math.max(sessionTimeoutMs, rebalanceTimeoutMs) + GRACE_MS
      const { body, version } = await connection.call<JoinBody>('JoinGroup', request, { timeoutMs })
      if (body.errorCode === MEMBER_ID_REQUIRED && body.memberId !== memberId) {
        this.memberId = body.memberId
        continue
      }
      if (body.errorCode === UNKNOWN_MEMBER_ID) this.forget()
      if (body.errorCode !== 0) throw this.error(connection, `JoinGroup v${version}`, body.errorCode)
      this.memberId = body.memberId
      this.generation = body.generationId
      onEvent({ type: 'joined', generation: body.generationId, leads: body.leader === body.memberId })
      return body
    }
  }

  /** The partitions of our topic that this member is given; null where the group rebalances again already. */
  private async sync(connection: Connection, joined: JoinBody): Promise<readonly number[] | null> {
    const { groupId, topic, onEvent, rebalanceTimeoutMs } = this.options
    const request = {
      groupId,
      generationId: this.generation,
      memberId: this.memberId,
      protocolType: PROTOCOL_TYPE,
      protocolName: joined.protocolName ?? RANGE,
      assignments: joined.leader === joined.memberId ? await this.assign(joined) : [],
    }
    const timeoutMs = rebalanceTimeoutMs + GRACE_MS
    const { body, version } = await connection.call<SyncBody>('SyncGroup', request, { timeoutMs })
    if (this.mustRejoin(body.errorCode)) {
      onEvent({ type: 'rebalance', generation: joined.generationId })
      return null
    }
    if (body.errorCode !== 0) throw this.error(connection, `SyncGroup v${version}`, body.errorCode)
    return readAssignment(body.assignment)
      .filter((each) => each.topic === topic.name)
      .flatMap(({ partitions }) => partitions)
  }

  private async assign({ members }: JoinBody): Promise<{ memberId: string; assignment: Uint8Array }[]> {
    const wants = new Map(members.map(({ memberId, metadata }) => [memberId, readSubscription(metadata)]))
    const topics = await this.cluster.metadata([...new Set([...wants.values()].flat())])
    const counts = new Map(topics.map(({ name, partitions }) => [name, partitions.length]))
    return [...assignRanges(wants, counts)].map(([memberId, assigned]) => ({
      memberId,
      assignment: writeAssignment(assigned),
    }))
  }

  /** Until the group rebalances, the member is to stop, or something fails. */
  private async consume(connection: Connection, fetchers: Fetchers): Promise<void> {
    const { groupId, heartbeatMs, commitMs, onEvent } = this.options
    const failed = fetchers.start()
    // Raced below, unless the member stops before that.
    failed.catch(() => {})
    let committed = performance.now()
    while (!this.stopping) {
      await Promise.race([this.pause(heartbeatMs), failed])
      if (this.stopping) return
      const { generation, memberId } = this
      const request = { groupId, generationId: generation, memberId }
      const { body, version } = await connection.call<{ errorCode: number }>('Heartbeat', request)
      if (this.mustRejoin(body.errorCode)) {
        onEvent({ type: 'rebalance', generation })
        return
      }
      if (body.errorCode !== 0) throw this.error(connection, `Heartbeat v${version}`, body.errorCode)
      if (performance.now() - committed < commitMs) continue
      committed = performance.now()
      const group = { groupId, memberId, generation, topic: this.options.topic }
      // A rebalance is told by the next heartbeat; the commit before the join then counts.
      await commitOffsets(connection, group, fetchers.offsets, [REBALANCE_IN_PROGRESS])
    }
  }

  private async leave(): Promise<void> {
    const { groupId } = this.options
    const { memberId, coordinator } = this
    if (memberId === '' || !coordinator?.open) return
    await coordinator.call('LeaveGroup', { groupId, memberId, members: [{ memberId }] }, { timeoutMs: GRACE_MS })
  }

  /** Whether an error means no more than another join; the member forgets what the coordinator has forgotten. */
  private mustRejoin(code: number): boolean {
    if (code === UNKNOWN_MEMBER_ID) this.forget()
    if (code === ILLEGAL_GENERATION) this.generation = -1
    return code === REBALANCE_IN_PROGRESS || code === UNKNOWN_MEMBER_ID || code === ILLEGAL_GENERATION
  }

  private forget(): void {
    this.memberId = ''
    this.generation = -1
  }

  private async connected(): Promise<Connection> {
    if (this.coordinator?.open) return this.coordinator
    const address = await this.cluster.coordinator(this.options.groupId)
    this.coordinator = await this.cluster.connect(address, this.options.clientId)
    return this.coordinator
  }

  private disconnect(): void {
    this.coordinator?.close()
    this.coordinator = null
  }

  private error(connection: Connection, request: string, code: number): BrokerError {
    return new BrokerError(code, { broker: connection.broker, request })
  }

  /** Resolves after a time, or when the member is to stop. */
  private pause(ms: number): Promise<void> {
    if (this.stopping) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
