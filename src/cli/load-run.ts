/** One run of `kafkascope load`: topic, producers, consumers, and what came of it. */
import { randomBytes } from 'node:crypto'
import { u32 } from '../bytes/read.ts'
import { Cluster, type TopicInfo } from '../client/cluster.ts'
import type { Tap } from '../client/tap.ts'
import { deleteTopic, ensureTopic } from '../client/topics.ts'
import type { Latencies } from '../report/latencies.ts'
import { type Consumer, type ConsumerEvent, Consuming, pause } from './load-consume.ts'
import { type Duplicates, Ledger } from './load-ledger.ts'
import type { LoadPlan } from './load-options.ts'
import { Producing } from './load-produce.ts'

export interface LoadHooks {
  readonly onEvent: (consumer: Consumer, event: ConsumerEvent) => void
  /** A line for people: which topic, which group. */
  readonly onNotice: (text: string) => void
}

export interface LoadResult {
  readonly topic: TopicInfo
  readonly group: string | null
  readonly interrupted: boolean
  readonly sent: number
  readonly acknowledged: number
  readonly failed: number
  /** By message, most first. */
  readonly failures: readonly (readonly [message: string, count: number])[]
  readonly elapsedMs: number
  readonly produceLatencies: Latencies
  readonly consumeLatencies: Latencies | null
  readonly read: number
  readonly lost: number
  readonly duplicates: Duplicates
  readonly rebalances: number
  readonly consumers: readonly Consumer[]
}

/** How far a run has come, for a bar. */
export interface LoadProgress {
  /** 0 to 1, of the producing. */
  readonly fraction: number
  readonly sent: number
  readonly acknowledged: number
  readonly read: number
  /** Since the first message; of all the producing, once it is over. */
  readonly elapsedMs: number
  readonly p99Ms: number | null
}

const LOOK_MS = 50

export class LoadRun {
  private readonly plan: LoadPlan
  private readonly hooks: LoadHooks
  private readonly cluster: Cluster
  private readonly ledger: Ledger
  private producing: Producing | null = null
  private consuming: Consuming | null = null

  /** `tap`: is given what goes over the wire; null: nobody looks. */
  constructor(plan: LoadPlan, hooks: LoadHooks, tap: Tap | null) {
    this.plan = plan
    this.hooks = hooks
    this.cluster = new Cluster(plan.bootstrap, { ...plan.connection, tap })
    this.ledger = new Ledger(u32(randomBytes(4), 0), plan.size)
  }

  /**
   * Does all of it; ends early when `interrupted` resolves. Rejects with ClientError or BrokerError where it can't
   * begin: no broker, no topic.
   */
  async run(interrupted: Promise<void>): Promise<LoadResult> {
    const { plan, hooks, cluster, ledger } = this
    const id = randomBytes(4).toString('hex')
    const name = plan.topic ?? `kafkascope-load-${id}`
    try {
      const topic = await ensureTopic(cluster, name, plan.partitions)
      const group = plan.consumers > 0 ? (plan.group ?? `kafkascope-load-${id}`) : null
      hooks.onNotice(`topic ${name}, ${topic.partitions.length} partitions${group === null ? '' : `, group ${group}`}`)
      let stopped = false
      const producing = new Producing(cluster, topic, plan, ledger)
      const consuming = group === null ? null : this.consumers(topic, group)
      this.producing = producing
      this.consuming = consuming
      void interrupted.then(() => {
        stopped = true
        producing.stop()
      })
      const started = consuming?.start(interrupted)
      await producing.run()
      await started
      if (consuming && !stopped) await this.drain(consuming, interrupted)
      const result = this.result(topic, group, stopped)
      await consuming?.stop()
      if (plan.topic === null && !plan.keep) {
        await deleteTopic(cluster, name).catch((error: Error) =>
          hooks.onNotice(`topic ${name} stays: ${error.message}`),
        )
      }
      return result
    } finally {
      await cluster.close()
    }
  }

  get progress(): LoadProgress {
    const { producing, ledger } = this
    return {
      fraction: producing?.progress ?? 0,
      sent: ledger.sent,
      acknowledged: ledger.acknowledged,
      read: ledger.read,
      elapsedMs: producing?.elapsedMs || (producing?.began ? performance.now() - producing.began : 0),
      p99Ms: producing?.latencies.quantile(0.99) ?? null,
    }
  }

  private consumers(topic: TopicInfo, group: string): Consuming {
    const { consumers: count, staggerMs, heartbeatMs, warmupMs } = this.plan
    const options = { group, count, staggerMs, heartbeatMs, warmupMs, onEvent: this.hooks.onEvent }
    return new Consuming(this.cluster, topic, this.ledger, options)
  }

  /** Until everything is read and the group has settled, or nothing more has come for so long. */
  private async drain(consuming: Consuming, interrupted: Promise<void>): Promise<void> {
    const { ledger, plan } = this
    let stop = false
    void interrupted.then(() => {
      stop = true
    })
    let seen = -1
    let since = performance.now()
    while (!stop && !consuming.hopeless && !(consuming.settled && ledger.missing === 0)) {
      if (ledger.read !== seen) {
        seen = ledger.read
        since = performance.now()
      }
      if (performance.now() - since > plan.drainMs) return
      await pause(LOOK_MS, interrupted)
    }
    // What is read twice comes soon after.
    if (!stop && !consuming.hopeless) await pause(Math.min(plan.drainMs, 2 * plan.heartbeatMs), interrupted)
  }

  private result(topic: TopicInfo, group: string | null, interrupted: boolean): LoadResult {
    const { ledger } = this
    const producing = this.producing!
    const consuming = this.consuming
    return {
      topic,
      group,
      interrupted,
      sent: ledger.sent,
      acknowledged: ledger.acknowledged,
      failed: producing.failed,
      failures: producing.failures.sorted(),
      elapsedMs: producing.elapsedMs,
      produceLatencies: producing.latencies,
      consumeLatencies: consuming?.latencies ?? null,
      read: ledger.read,
      lost: consuming && !interrupted ? ledger.missing : 0,
      duplicates: ledger.duplicates(consuming?.rebalances ?? 0),
      rebalances: consuming?.rebalances ?? 0,
      // As they are now: leaving changes them.
      consumers: (consuming?.consumers ?? []).map((consumer) => ({ ...consumer, events: [...consumer.events] })),
    }
  }
}
