/** The transaction coordinator: all transactional ids, their timeouts, and the markers that end transactions. */
import { errorCode } from '../../dissectors/errors.ts'
import type { Clock } from './clock.ts'
import type { Marker } from './markers.ts'
import type { BrokerOptions } from './options.ts'
import * as T from './transaction.ts'

/** What the coordinator does outside of itself. */
export interface TxnEffects {
  /** A producer id that nobody has had. */
  newId(): number
  /** Writes a marker to a partition; nothing where the partition is gone. */
  mark(topic: string, partition: number, marker: Marker, version: number): void
  /** Told of every change, before markers are written and after: what to keep over a restart. */
  changed?(txn: T.Transaction): void
  /** Told of a transactional id that was not used for too long. */
  forgot?(id: string): void
}

export interface InitRequest {
  readonly id: string
  readonly timeoutMs: number
  readonly expected: T.Identity | undefined
}

/** An id and epoch, or an error code. */
export interface InitAnswer {
  readonly errorCode: number
  readonly producerId: number
  readonly producerEpoch: number
}

const refused = (errorCode: number): InitAnswer => ({ errorCode, producerId: -1, producerEpoch: -1 })
const identity = ({ producerId, epoch }: T.Transaction): InitAnswer => ({
  errorCode: 0,
  producerId,
  producerEpoch: epoch,
})

/** Of the partition that the coordinator would lead (KIP-98): here it never moves. */
const COORDINATOR_EPOCH = 0

export class Transactions {
  private readonly byId = new Map<string, T.Transaction>()
  private readonly timers = new Map<string, () => void>()
  private readonly options: BrokerOptions
  private readonly clock: Clock
  private readonly effects: TxnEffects
  /** Partitions that open transactions hold together. */
  private held = 0

  constructor(options: BrokerOptions, clock: Clock, effects: TxnEffects) {
    this.options = options
    this.clock = clock
    this.effects = effects
  }

  /** The state of a transactional id; undefined where it is unknown, or was not used for too long. */
  get(id: string): T.Transaction | undefined {
    const txn = this.byId.get(id)
    if (!txn || txn.state === 'Ongoing') return txn
    if (this.clock.now() - txn.updatedAt < this.options.transactionalIdExpirationMs) return txn
    this.byId.delete(id)
    this.effects.forgot?.(id)
    return undefined
  }

  all(): T.Transaction[] {
    return [...this.byId.keys()].flatMap((id) => this.get(id) ?? [])
  }

  /** InitProducerId with a transactional id. */
  init({ id, timeoutMs, expected }: InitRequest): InitAnswer {
    if (id === '') return refused(errorCode('INVALID_REQUEST'))
    if (timeoutMs <= 0 || timeoutMs > this.options.transactionMaxTimeoutMs) {
      return refused(errorCode('INVALID_TRANSACTION_TIMEOUT'))
    }
    const now = this.clock.now()
    let txn = this.get(id)
    if (!txn) {
      if (!this.hasRoom()) return refused(errorCode('COORDINATOR_NOT_AVAILABLE'))
      txn = T.newTransaction(id, this.effects.newId(), timeoutMs, now)
    }
    const step = T.init(txn, { timeoutMs, expected, now, newId: () => this.effects.newId() })
    if (step === 'fence') {
      this.fence(txn)
      // The client asks again, when the transaction has been aborted; here it has been.
      return refused(errorCode('CONCURRENT_TRANSACTIONS'))
    }
    if ('error' in step) return refused(step.error)
    this.set(step.next)
    return identity(step.next)
  }

  private hasRoom(): boolean {
    if (this.byId.size < this.options.maxTransactionalIds) return true
    this.all()
    return this.byId.size < this.options.maxTransactionalIds
  }

  /** AddPartitionsToTxn, or what Produce and TxnOffsetCommit do by themselves in version 2. Returns an error code. */
  add(id: string, who: T.Identity, partitions: T.Partitions, version: number): number {
    if (id === '') return errorCode('INVALID_REQUEST')
    const txn = this.get(id)
    if (!txn) return errorCode('INVALID_PRODUCER_ID_MAPPING')
    const step = T.add(txn, who, partitions, version, this.clock.now())
    if ('error' in step) return step.error
    if (this.held + count(partitions) > this.options.maxPartitions * 10) return errorCode('COORDINATOR_NOT_AVAILABLE')
    this.set(step.next)
    return 0
  }

  /** Whether a partition takes part in the open transaction. Returns an error code. */
  verify(id: string, who: T.Identity, topic: string, partition: number): number {
    if (id === '') return errorCode('INVALID_REQUEST')
    const txn = this.get(id)
    return txn ? T.verify(txn, who, topic, partition) : errorCode('INVALID_PRODUCER_ID_MAPPING')
  }

  /** EndTxn. The producer id and epoch are those for the next transaction. */
  end(id: string, who: T.Identity, committed: boolean, version: number): InitAnswer {
    if (id === '') return refused(errorCode('INVALID_REQUEST'))
    const txn = this.get(id)
    if (!txn) return refused(errorCode('INVALID_PRODUCER_ID_MAPPING'))
    const now = this.clock.now()
    const step = T.end(txn, { ...who, committed, version, now, newId: () => this.effects.newId() })
    if ('error' in step) return step.error === 0 ? identity(txn) : refused(step.error)
    return identity(this.complete(step.next))
  }

  private fence(txn: T.Transaction): void {
    this.complete(T.fence(txn, this.clock.now(), () => this.effects.newId()))
  }

  /** Writes the markers of a transaction that was decided upon. */
  private complete(txn: T.Transaction): T.Transaction {
    this.set(txn)
    const { producerId, epoch, version, state } = txn
    const marker = { producerId, epoch, committed: state === 'PrepareCommit', coordinatorEpoch: COORDINATOR_EPOCH }
    for (const [topic, indexes] of txn.partitions) {
      for (const index of indexes) this.effects.mark(topic, index, marker, version)
    }
    const done = T.completed(txn, this.clock.now())
    this.set(done)
    return done
  }

  private set(txn: T.Transaction): void {
    const before = this.byId.get(txn.id)
    this.held += count(txn.partitions) - (before ? count(before.partitions) : 0)
    this.byId.set(txn.id, txn)
    if (txn.state !== 'Ongoing') this.stopTimer(txn.id)
    else if (before?.state !== 'Ongoing') this.startTimer(txn)
    this.effects.changed?.(txn)
  }

  private stopTimer(id: string): void {
    this.timers.get(id)?.()
    this.timers.delete(id)
  }

  private startTimer({ id, startedAt, timeoutMs }: T.Transaction): void {
    const left = Math.max(0, startedAt + timeoutMs - this.clock.now())
    const timeUp = (): void => {
      this.timers.delete(id)
      const txn = this.byId.get(id)
      if (txn?.state === 'Ongoing') this.fence(txn)
    }
    this.timers.set(id, this.clock.after(left, timeUp))
  }

  /** Takes up what was kept over a restart: what was decided is done, what was open goes on. */
  restore(transactions: Iterable<T.Transaction>): void {
    for (const txn of transactions) {
      if (txn.state === 'PrepareCommit' || txn.state === 'PrepareAbort') this.complete(txn)
      else this.set(txn)
    }
    // Those that have expired meanwhile are forgotten when they are looked at.
    this.all()
  }

  /** Stops all timers. */
  close(): void {
    for (const id of [...this.timers.keys()]) this.stopTimer(id)
  }
}

const count = (partitions: T.Partitions): number => {
  let sum = 0
  for (const indexes of partitions.values()) sum += indexes.size
  return sum
}
