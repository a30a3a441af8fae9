/**
 * One transactional id, as plain data, and its state machine as functions of it (TransactionMetadata and
 * TransactionCoordinator of Apache Kafka 4.4). No clock, no logs: what a step leads to is returned.
 *
 *     Empty ──add──▶ Ongoing ──end──▶ PrepareCommit ──markers written──▶ CompleteCommit ──add──▶ Ongoing
 *                       │ end, time is up, another producer      CompleteAbort ──────┘
 *                       └──────────▶ PrepareAbort ──markers written──▶ ▲
 *
 * Version 2 (KIP-890) bumps the epoch at every end, so that what comes late from before can't get in.
 */
import { errorCode } from '../../dissectors/errors.ts'

/** As Apache Kafka prints them. */
export const TXN_STATES = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
] as const
export type TxnState = (typeof TXN_STATES)[number]

export interface Transaction {
  readonly id: string
  readonly producerId: number
  /** -1 before the first producer has its id. */
  readonly epoch: number
  /** The epoch before the current one, by which a client's second try is known; -1 where there is none. */
  readonly lastEpoch: number
  readonly previousProducerId: number
  /** The id that follows when this one's epochs are used up, while the transaction ends; else -1. */
  readonly nextProducerId: number
  readonly timeoutMs: number
  readonly state: TxnState
  /** Whether ends bump the epoch: 2, else 0. */
  readonly version: number
  /** ms since 1970; -1 where none has begun. */
  readonly startedAt: number
  readonly updatedAt: number
  /** Partitions that have, or may have, records of it: by topic. */
  readonly partitions: ReadonlyMap<string, ReadonlySet<number>>
}

export type Partitions = Transaction['partitions']

/** Where a step leads, or the code of the error that is answered; 0 is the answer to what was done before. */
export type Step = { readonly next: Transaction } | { readonly error: number }

const NONE: Partitions = new Map()
/** Short.MAX_VALUE - 1: the last epoch that a client is given. */
const EXHAUSTED = 0x7fff - 1

export const failed = (name: string): { readonly error: number } => ({ error: errorCode(name) })

export function newTransaction(id: string, producerId: number, timeoutMs: number, now: number): Transaction {
  return {
    id,
    producerId,
    epoch: -1,
    lastEpoch: -1,
    previousProducerId: -1,
    nextProducerId: -1,
    timeoutMs,
    state: 'Empty',
    version: 0,
    startedAt: -1,
    updatedAt: now,
    partitions: NONE,
  }
}

/** Who the client believes to be; undefined where it starts anew. */
export interface Identity {
  readonly producerId: number | bigint
  readonly epoch: number
}

export interface Init {
  readonly timeoutMs: number
  readonly expected: Identity | undefined
  readonly now: number
  readonly newId: () => number
}

const isEnding = ({ state }: Transaction): boolean => state === 'PrepareCommit' || state === 'PrepareAbort'

/** A producer begins, or begins again: it gets an epoch of its own. `fence`: the open transaction must end first. */
export function init(txn: Transaction, { timeoutMs, expected, now, newId }: Init): Step | 'fence' {
  if (expected && !isKnown(txn, expected)) return failed('PRODUCER_FENCED')
  if (isEnding(txn)) return failed('CONCURRENT_TRANSACTIONS')
  if (txn.state === 'Ongoing') return 'fence'
  const fresh = {
    ...txn,
    state: 'Empty' as const,
    previousProducerId: txn.producerId,
    timeoutMs,
    startedAt: -1,
    updatedAt: now,
    partitions: NONE,
  }
  if (txn.epoch >= EXHAUSTED && (!expected || expected.epoch === txn.epoch)) {
    return { next: { ...fresh, producerId: newId(), epoch: 0, lastEpoch: expected ? txn.epoch : -1 } }
  }
  if (!expected) return { next: { ...fresh, epoch: txn.epoch + 1, lastEpoch: -1 } }
  if (txn.epoch === -1 || expected.epoch === txn.epoch) {
    return { next: { ...fresh, epoch: txn.epoch + 1, lastEpoch: txn.epoch } }
  }
  // Asked again: the answer got lost.
  if (expected.epoch === txn.lastEpoch) return { next: fresh }
  return failed('PRODUCER_FENCED')
}

function isKnown(txn: Transaction, { producerId, epoch }: Identity): boolean {
  if (txn.epoch === -1 || producerId === txn.producerId) return true
  return producerId === txn.previousProducerId && epoch >= EXHAUSTED
}

const contains = (has: Partitions, wanted: Partitions): boolean =>
  [...wanted].every(([topic, indexes]) => [...indexes].every((index) => has.get(topic)?.has(index)))

/** Partitions take part from now on; with the first the transaction begins. */
export function add(txn: Transaction, who: Identity, partitions: Partitions, version: number, now: number): Step {
  const problem = memberProblem(txn, who)
  if (problem) return problem
  const ongoing = txn.state === 'Ongoing'
  if (ongoing && contains(txn.partitions, partitions)) return { error: 0 }
  const all = new Map<string, Set<number>>()
  for (const [topic, indexes] of ongoing ? txn.partitions : NONE) all.set(topic, new Set(indexes))
  for (const [topic, indexes] of partitions) {
    const known = all.get(topic)
    if (known) for (const index of indexes) known.add(index)
    else all.set(topic, new Set(indexes))
  }
  const startedAt = ongoing ? txn.startedAt : now
  return {
    next: {
      ...txn,
      state: 'Ongoing',
      previousProducerId: txn.producerId,
      version,
      startedAt,
      updatedAt: now,
      partitions: all,
    },
  }
}

function memberProblem(txn: Transaction, { producerId, epoch }: Identity): { readonly error: number } | null {
  if (producerId !== txn.producerId) return failed('INVALID_PRODUCER_ID_MAPPING')
  if (epoch !== txn.epoch) return failed('PRODUCER_FENCED')
  return isEnding(txn) ? failed('CONCURRENT_TRANSACTIONS') : null
}

/** Whether a partition takes part already. Returns an error code. */
export function verify(txn: Transaction, who: Identity, topic: string, partition: number): number {
  const problem = memberProblem(txn, who)
  if (problem) return problem.error
  return txn.partitions.get(topic)?.has(partition) ? 0 : errorCode('TRANSACTION_ABORTABLE')
}

export interface End extends Identity {
  readonly committed: boolean
  readonly version: number
  readonly now: number
  readonly newId: () => number
}

/** A client ends its transaction: the markers are next. */
export function end(txn: Transaction, how: End): Step {
  return how.version >= 2 ? endBumping(txn, how) : endPlainly(txn, how)
}

function endPlainly(txn: Transaction, how: End): Step {
  if (how.producerId !== txn.producerId) return failed('INVALID_PRODUCER_ID_MAPPING')
  if (how.epoch !== txn.epoch) return failed('PRODUCER_FENCED')
  switch (txn.state) {
    case 'Ongoing':
      return { next: prepared(txn, how) }
    case 'CompleteCommit':
      return how.committed ? { error: 0 } : failed('INVALID_TXN_STATE')
    case 'CompleteAbort':
      return how.committed ? failed('INVALID_TXN_STATE') : { error: 0 }
    case 'Empty':
      return failed('INVALID_TXN_STATE')
    default:
      return endingAlready(txn, how)
  }
}

const endingAlready = (txn: Transaction, { committed }: End): Step =>
  failed(committed === (txn.state === 'PrepareCommit') ? 'CONCURRENT_TRANSACTIONS' : 'INVALID_TXN_STATE')

function endBumping(txn: Transaction, how: End): Step {
  const { epoch, committed } = how
  const overflowed = txn.previousProducerId === how.producerId && epoch === EXHAUSTED && txn.epoch === 0
  const again = (txn.version >= 2 && epoch === txn.epoch - 1) || overflowed
  if (how.producerId !== txn.producerId && !overflowed) return failed('INVALID_PRODUCER_ID_MAPPING')
  const complete = txn.state === 'CompleteCommit' || txn.state === 'CompleteAbort'
  const fits = isEnding(txn) ? again : epoch === txn.epoch || (complete && again)
  if (!fits) return failed('PRODUCER_FENCED')
  if (txn.state === 'Ongoing') return { next: prepared(txn, how) }
  if (isEnding(txn)) return endingAlready(txn, how)
  if (complete && again)
    return committed === (txn.state === 'CompleteCommit') ? { error: 0 } : failed('INVALID_TXN_STATE')
  // Nothing was written: an abort is fine (it bumps the epoch), a commit is a mistake.
  if (committed) return failed('INVALID_TXN_STATE')
  return { next: { ...prepared(txn, how), startedAt: how.now } }
}

function prepared(txn: Transaction, { committed, version, now, newId }: Omit<End, keyof Identity>): Transaction {
  const bumps = version >= 2
  return {
    ...txn,
    state: committed ? 'PrepareCommit' : 'PrepareAbort',
    previousProducerId: txn.producerId,
    nextProducerId: bumps && txn.epoch >= EXHAUSTED ? newId() : -1,
    epoch: bumps ? txn.epoch + 1 : txn.epoch,
    lastEpoch: bumps ? txn.epoch : txn.lastEpoch,
    version,
    updatedAt: now,
  }
}

/**
 * The open transaction is aborted for its producer, who is fenced off: time is up, or another producer has begun. The
 * cluster's version counts here, not the client's.
 */
export const fence = (txn: Transaction, now: number, newId: () => number): Transaction =>
  prepared(txn, { committed: false, version: 2, now, newId })

/** The markers are written. */
export function completed(txn: Transaction, now: number): Transaction {
  const rotates = txn.nextProducerId !== -1
  return {
    ...txn,
    state: txn.state === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
    producerId: rotates ? txn.nextProducerId : txn.producerId,
    previousProducerId: txn.producerId,
    nextProducerId: -1,
    epoch: rotates ? 0 : txn.epoch,
    updatedAt: now,
    partitions: NONE,
  }
}
