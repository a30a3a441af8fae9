/**
 * Starts a relay, in a thread of its own or in this one, and brings what it observes here: in slices of a few
 * milliseconds, so that a screen and its keys are served in between.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { Segment } from '../session/segment.ts'
import type { HostPort } from './address.ts'
import { BatchReader } from './batch.ts'
import type { FromWorker, RelayStats, ToWorker, WorkerInit } from './messages.ts'
import type { BrokerRow, Notice } from './notice.ts'
import type { RelayOptions } from './relay.ts'
import { runRelay } from './relay-thread.ts'

export interface RelayHostOptions extends RelayOptions {
  /**
   * Bytes on their way to the observer at most. Default 64 MB, so that a burst is seen whole; with `strict`, where none
   * is lost, 8 MB, which stay in a processor's cache.
   */
  readonly observeLimit?: number
  /** Slow the relay down rather than leave bytes out. */
  readonly strict?: boolean
  readonly keyLogFd?: number | null
  /** Run in this thread. */
  readonly inThread?: boolean
}

export interface RelayHostHooks {
  /** Data segments are borrowed: their bytes are there until this returns. */
  onSegment(segment: Segment): void
  /** A slice of segments was handed over; none is left where `idle`. */
  onSlice?(idle: boolean): void
  onNotice?(notice: Notice): void
  onBrokers?(rows: BrokerRow[]): void
  /** The thread died; nothing is relayed any more. */
  onDeath?(error: Error): void
}

export interface RelayHandle {
  readonly address: HostPort
  /** Closes all ports and connections; resolves when all that was observed has been handed over. */
  close(): Promise<RelayStats>
}

const SLICE_MS = 8

/** A thread that has been started ahead of time, and loads while its options are still being found out. */
export function prepareRelay(): Worker {
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
  return new Worker(new URL(file, import.meta.url))
}

/**
 * Starts a relay; rejects with node's error (`code`) where it can't listen. `worker` is a prepared one; it is the
 * relay's from now on.
 */
export function startRelay(
  options: RelayHostOptions,
  hooks: RelayHostHooks,
  worker: Worker | null = null,
): Promise<RelayHandle> {
  const { strict = false, keyLogFd = null, inThread = false, ...rest } = options
  const { observeLimit = (strict ? 8 : 64) * 1024 * 1024, ...relay } = rest
  const init: WorkerInit = { relay, observeLimit, strict, keyLogFd }
  return new RelayHost(hooks).start(inThread ? localThread(init) : workerThread(init, worker ?? prepareRelay()))
}

/** A thread that is spoken to. */
interface Thread {
  post(message: ToWorker, transfer?: ArrayBuffer[]): void
  onMessage(listener: (message: FromWorker) => void): void
  onDeath(listener: (error: Error) => void): void
}

function workerThread(init: WorkerInit, worker: Worker): Thread {
  worker.postMessage(init)
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    onMessage: (listener) => void worker.on('message', listener),
    onDeath: (listener) => void worker.on('error', listener),
  }
}

function localThread(init: WorkerInit): Thread {
  const { port1, port2 } = new MessageChannel()
  const receive = <T>(port: MessagePort, listener: (message: T) => void): void => void port.on('message', listener)
  runRelay(init, {
    send: (message, transfer) => port1.postMessage(message, transfer),
    receive: (listener) => receive(port1, listener),
    end: () => port1.close(),
  })
  return {
    post: (message, transfer) => port2.postMessage(message, transfer),
    onMessage: (listener) => receive(port2, listener),
    onDeath: () => {},
  }
}

class RelayHost {
  private readonly hooks: RelayHostHooks
  private readonly queue: BatchReader[] = []
  private scheduled = false
  private thread: Thread | null = null
  private stats: RelayStats | null = null
  private finish: (() => void) | null = null

  constructor(hooks: RelayHostHooks) {
    this.hooks = hooks
  }

  start(thread: Thread): Promise<RelayHandle> {
    this.thread = thread
    return new Promise((resolve, reject) => {
      thread.onDeath((error) => {
        reject(error)
        this.died(error)
      })
      thread.onMessage((message) => {
        if (message.type === 'listening') resolve({ address: message.at, close: () => this.close() })
        else if (message.type === 'failed') reject(Object.assign(new Error(message.message), { code: message.code }))
        else this.take(message)
      })
    })
  }

  private take(message: Exclude<FromWorker, { type: 'listening' | 'failed' }>): void {
    if (message.type === 'batch') {
      this.queue.push(new BatchReader(message.batch))
      this.schedule()
    } else if (message.type === 'notice') this.hooks.onNotice?.(message.notice)
    else if (message.type === 'brokers') this.hooks.onBrokers?.(message.rows)
    else {
      this.stats = message.stats
      this.schedule()
    }
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(() => this.slice())
  }

  /** Hands over segments until the slice's time is up. */
  private slice(): void {
    this.scheduled = false
    const until = performance.now() + SLICE_MS
    while (this.queue.length > 0 && performance.now() < until) {
      const reader = this.queue[0]!
      for (let some = 0; some < 64; some++) {
        const segment = reader.next()
        if (segment) {
          this.hooks.onSegment(segment)
          continue
        }
        this.queue.shift()
        const { memory, batch } = reader
        this.thread?.post({ type: 'looked', weight: batch.weight, memory }, memory ? [memory] : [])
        break
      }
    }
    this.hooks.onSlice?.(this.queue.length === 0)
    if (this.queue.length > 0) this.schedule()
    else if (this.stats) this.finish?.()
  }

  private close(): Promise<RelayStats> {
    return new Promise((resolve) => {
      this.finish = () => resolve(this.stats!)
      if (this.stats) this.schedule()
      else this.thread?.post({ type: 'close' })
    })
  }

  private died(error: Error): void {
    this.stats ??= { connections: 0, skippedBytes: 0, untouched: 0, upstreamFailures: 0 }
    this.hooks.onDeath?.(error)
    this.schedule()
  }
}
