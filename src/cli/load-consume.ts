/** The consuming half of `kafkascope load`: members of one group that start one after another. */
import type { Cluster, TopicInfo } from '../client/cluster.ts'
import { GroupMember, type MemberEvent } from '../client/group-member.ts'
import { eachRecord } from '../client/records.ts'
import { Latencies } from '../report/latencies.ts'
import type { Ledger } from './load-ledger.ts'

const SESSION_TIMEOUT_MS = 10_000
const REBALANCE_TIMEOUT_MS = 30_000
const COMMIT_MS = 1000
const FETCH_WAIT_MS = 500
const MAX_FAILURES = 8
/** Events of one consumer that are kept: a group that never settles makes them without end. */
const MAX_EVENTS = 200

/** What happened to a consumer, and when: ms since the run began. */
export type ConsumerEvent = MemberEvent & { readonly atMs: number }

export interface Consumer {
  readonly name: string
  readonly startedMs: number
  messages: number
  /** Of this run. */
  own: number
  /** What it has now; null while it has no place in the group. */
  partitions: readonly number[] | null
  generation: number
  gaveUp: boolean
  /** When it got its partitions, as performance.now() tells time. */
  assignedAt: number
  readonly events: ConsumerEvent[]
  droppedEvents: number
}

export interface ConsumingOptions {
  readonly group: string
  readonly count: number
  readonly staggerMs: number
  readonly heartbeatMs: number
  readonly warmupMs: number
  readonly onEvent: (consumer: Consumer, event: ConsumerEvent) => void
}

export class Consuming {
  readonly consumers: Consumer[] = []
  /**
   * From when a message was due to when a consumer had it; of messages due after it had got its partitions, and after
   * the time to warm up.
   */
  readonly latencies = new Latencies()
  private readonly members: GroupMember[] = []
  /** Rebalances by generation, from 1. */
  private readonly epochs = new Map<number, number>()
  private readonly cluster: Cluster
  private readonly topic: TopicInfo
  private readonly ledger: Ledger
  private readonly options: ConsumingOptions
  private readonly began = performance.now()

  constructor(cluster: Cluster, topic: TopicInfo, ledger: Ledger, options: ConsumingOptions) {
    this.cluster = cluster
    this.topic = topic
    this.ledger = ledger
    this.options = options
  }

  /** Starts the consumers, each `staggerMs` after the one before; resolves when all have started. */
  async start(interrupted: Promise<void>): Promise<void> {
    const { count, staggerMs } = this.options
    let stop = false
    void interrupted.then(() => {
      stop = true
    })
    for (let i = 0; i < count && !stop; i++) {
      if (staggerMs > 0) await pause(staggerMs, interrupted)
      if (!stop) this.startOne(`consumer-${i + 1}`)
    }
  }

  /** How often the group was put together. */
  get rebalances(): number {
    return this.epochs.size
  }

  /** Whether every consumer that has not given up has a place in the same generation, and they have every partition. */
  get settled(): boolean {
    const { consumers, topic } = this
    const live = consumers.filter(({ gaveUp }) => !gaveUp)
    if (consumers.length < this.options.count || live.length === 0) return false
    const owned = new Set(live.flatMap(({ partitions }) => partitions ?? []))
    return (
      live.every(({ partitions, generation }) => partitions !== null && generation === live[0]!.generation) &&
      owned.size === topic.partitions.length
    )
  }

  /** Whether nobody is left to read anything. */
  get hopeless(): boolean {
    return this.consumers.length === this.options.count && this.consumers.every(({ gaveUp }) => gaveUp)
  }

  /** All commit and leave. */
  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop()))
  }

  private startOne(name: string): void {
    const { group, heartbeatMs } = this.options
    const startedMs = performance.now() - this.began
    const consumer: Consumer = {
      name,
      startedMs,
      messages: 0,
      own: 0,
      partitions: null,
      generation: -1,
      gaveUp: false,
      assignedAt: 0,
      events: [],
      droppedEvents: 0,
    }
    this.consumers.push(consumer)
    const member = new GroupMember(this.cluster, {
      groupId: group,
      topic: this.topic,
      clientId: `kafkascope-${name}`,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
      heartbeatMs,
      commitMs: COMMIT_MS,
      fetchWaitMs: FETCH_WAIT_MS,
      maxFailures: MAX_FAILURES,
      onRecords: (_partition, records, from, generation) => this.take(consumer, records, from, generation),
      onEvent: (event) => this.happened(consumer, event),
    })
    this.members.push(member)
    member.start()
  }

  private take(consumer: Consumer, records: Uint8Array, from: number, generation: number): number {
    const epoch = this.epochs.get(generation) ?? this.epochs.size
    const { warmupMs } = this.options
    return eachRecord(records, from, (_offset, bytes, valueFrom, valueLength) => {
      consumer.messages++
      const ms = this.ledger.take(bytes, valueFrom, valueLength, epoch)
      if (ms === null) return
      consumer.own++
      const due = performance.now() - ms
      if (due >= consumer.assignedAt && due - this.began >= warmupMs) this.latencies.add(ms)
    })
  }

  private happened(consumer: Consumer, event: MemberEvent): void {
    if (event.type === 'assigned') {
      consumer.partitions = event.partitions
      consumer.generation = event.generation
      consumer.assignedAt = performance.now()
      if (!this.epochs.has(event.generation)) this.epochs.set(event.generation, this.epochs.size + 1)
    } else if (event.type !== 'left') consumer.partitions = null
    if (event.type === 'gave-up') consumer.gaveUp = true
    const timed = { ...event, atMs: performance.now() - this.began }
    if (consumer.events.length < MAX_EVENTS) consumer.events.push(timed)
    else consumer.droppedEvents++
    this.options.onEvent(consumer, timed)
  }
}

/** Resolves after a time, or when `interrupted` does. */
export async function pause(ms: number, interrupted: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([time, interrupted])
  clearTimeout(timer)
}
