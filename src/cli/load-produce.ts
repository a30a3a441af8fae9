/** The producing half of `kafkascope load`: so many messages under way, so many a second. */
import { Buffer } from 'node:buffer'
import type { Cluster, TopicInfo } from '../client/cluster.ts'
import { Producer } from '../client/producer.ts'
import { Latencies } from '../report/latencies.ts'
import { Counts } from '../report/tally.ts'
import type { Ledger } from './load-ledger.ts'
import type { LoadPlan } from './load-options.ts'

/** Requests under way on one connection, as librdkafka and the Java client have it. */
const MAX_IN_FLIGHT = 5
const BATCH_BYTES = 512 * 1024
const TIMEOUT_MS = 30_000
const TICK_MS = 1
/** When nothing else happened before: the broker does not take messages. */
const MAX_FAILURES = 1000

export class Producing {
  /** From when a message was due to its acknowledgement: a broker that stalls is charged for what piled up. */
  readonly latencies = new Latencies()
  readonly failures = new Counts()
  failed = 0
  /** How long it took, from the first message to the last answer. */
  elapsedMs = 0
  /** When it began, as performance.now() tells time. */
  began = 0
  private outstanding = 0
  private stopped = false
  private filling = false
  private readonly producers: readonly Producer[]
  private readonly partitions: number
  private readonly ledger: Ledger
  private readonly plan: LoadPlan
  private timer: NodeJS.Timeout | null = null
  private settle: () => void = () => {}

  constructor(cluster: Cluster, topic: TopicInfo, plan: LoadPlan, ledger: Ledger) {
    this.plan = plan
    this.ledger = ledger
    this.partitions = topic.partitions.length
    const { acks, codec } = plan
    const options = { acks, codec, maxInFlight: MAX_IN_FLIGHT, batchBytes: BATCH_BYTES, timeoutMs: TIMEOUT_MS }
    this.producers = Array.from(
      { length: plan.producers },
      (_, i) => new Producer(cluster, topic, { ...options, clientId: `kafkascope-producer-${i + 1}` }),
    )
  }

  /** Resolves when the last message is answered, or `stop` was called and what was under way is answered. */
  async run(): Promise<void> {
    this.began = performance.now()
    const done = new Promise<void>((resolve) => {
      this.settle = resolve
    })
    this.fill()
    await done
    if (this.timer) clearTimeout(this.timer)
    this.elapsedMs = performance.now() - this.began
  }

  /** Nothing more is begun. */
  stop(): void {
    this.stopped = true
    this.look()
  }

  /** 0 to 1: how much of it is done. */
  get progress(): number {
    const { count, durationMs } = this.plan
    const byTime = this.began === 0 ? 0 : (performance.now() - this.began) / durationMs
    return Math.min(1, Math.max(byTime, this.ledger.sent / count))
  }

  /** Messages that may have been begun by now. */
  private due(now: number): number {
    const { rate, count, durationMs } = this.plan
    if (this.stopped) return 0
    const elapsed = Math.min(now - this.began, durationMs)
    if (rate > 0) return Math.min(count, Math.floor((elapsed * rate) / 1000) + 1, Math.ceil((durationMs * rate) / 1000))
    return elapsed >= durationMs ? 0 : count
  }

  private fill(): void {
    this.filling = false
    const { concurrency, rate } = this.plan
    const now = performance.now()
    const due = this.due(now)
    while (this.outstanding < concurrency && this.ledger.sent < due) {
      this.send(rate > 0 ? this.began + (this.ledger.sent * 1000) / rate : now)
    }
    this.look()
  }

  private send(at: number): void {
    const { keys, warmupMs } = this.plan
    const { number, value } = this.ledger.next(at)
    const key = keys > 0 ? Buffer.from(`key-${number % keys}`) : null
    // A key always has the same partition; without keys each partition has its turn.
    const partition = (keys > 0 ? number % keys : number) % this.partitions
    this.outstanding++
    this.producers[number % this.producers.length]!.send(partition, { key, value, timestamp: Date.now() }, (error) => {
      this.outstanding--
      if (error) this.fail(error)
      else {
        this.ledger.acknowledge(number)
        if (at - this.began >= warmupMs) this.latencies.add(performance.now() - at)
      }
      if (this.filling) return
      this.filling = true
      setImmediate(() => this.fill())
    })
  }

  private fail(error: Error): void {
    this.failed++
    this.failures.add(error.message)
    if (this.failed >= MAX_FAILURES && this.ledger.acknowledged === 0) this.stopped = true
  }

  /** Ends where all is done; else sees to it that somebody looks again. */
  private look(): void {
    const { count, durationMs, rate } = this.plan
    const over = this.stopped || this.ledger.sent >= count || performance.now() - this.began >= durationMs
    const behind = rate > 0 && !this.stopped && this.ledger.sent < this.due(performance.now())
    if (over && !behind && this.outstanding === 0) {
      this.settle()
      return
    }
    // At full speed answers keep it going.
    if (this.timer || (over && !behind)) return
    const wait = rate > 0 ? TICK_MS : Math.max(TICK_MS, this.began + durationMs - performance.now())
    this.timer = setTimeout(() => {
      this.timer = null
      this.fill()
    }, wait)
  }
}
