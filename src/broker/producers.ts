/**
 * What a partition remembers of producers (ProducerStateManager of Apache Kafka): the epoch and the last five batches of
 * each, so that a batch sent again is answered but not appended again (KIP-98); which transactions are open in it, and
 * which were aborted. All of it follows from the batches appended, in their order.
 */
import { errorCode } from '../../dissectors/errors.ts'
import { CONTROL, TRANSACTIONAL } from '../../dissectors/records/format.ts'
import type { BatchHeader } from '../../dissectors/records/header.ts'
import type { Marker } from './markers.ts'

interface Appended {
  readonly first: number
  readonly last: number
  readonly baseOffset: number
  readonly timestamp: number | bigint
}

interface ProducerState {
  readonly producerId: number | bigint
  epoch: number
  /** Of the last marker; -1 before the first. */
  coordinatorEpoch: number
  /** Oldest first; of this epoch only. */
  batches: Appended[]
  /** Where its open transaction begins. */
  txnStart: number | null
  lastTimestamp: number | bigint
  /** When it last appended, ms since 1970 by the broker's clock. */
  seen: number
}

/** A transaction that readers of committed records must leave out: from its first record to its marker. */
export interface AbortedTxn {
  readonly producerId: number | bigint
  readonly firstOffset: number
  readonly lastOffset: number
}

/** ProducerStateEntry.NUM_BATCHES_TO_RETAIN */
const KEPT_BATCHES = 5
/** Producers remembered per partition; those that wrote longest ago are forgotten, but for open transactions. */
const KEPT_PRODUCERS = 1000
/** producer.id.expiration.ms */
const EXPIRATION_MS = 86_400_000
/** Epochs are int16; transactions of version 2 end with the highest only when their id is used up. */
const LAST_EPOCH = 0x7fff

/** What to do with a batch: append it, answer with the offset it got before, or refuse it. */
export type SequenceVerdict =
  | { readonly append: true }
  | { readonly duplicateOf: number; readonly timestamp: number | bigint }
  | { readonly error: number; readonly message: string }

const refuse = (name: string, message: string): SequenceVerdict => ({ error: errorCode(name), message })

export class Producers {
  private readonly byId = new Map<string, ProducerState>()
  /** First offsets of open transactions by producer id: begun in this order, so the first is the lowest. */
  private readonly open = new Map<string, number>()
  /** By their last offset, ascending. */
  private aborted: AbortedTxn[] = []

  /**
   * Judges a batch that is about to be appended. `strict`: it is of a transaction of version 2, where a producer that is
   * not known here must begin at 0 (KIP-890).
   */
  check(header: BatchHeader, now: number, strict = false): SequenceVerdict {
    if (header.producerId < 0) return { append: true }
    const state = this.current(String(header.producerId), now)
    const first = header.baseSequence
    if (!state) {
      const sound = !strict || first === 0
      return sound
        ? { append: true }
        : refuse('OUT_OF_ORDER_SEQUENCE_NUMBER', `sequence ${first} of an unknown producer`)
    }
    if (header.producerEpoch < state.epoch) {
      return refuse('INVALID_PRODUCER_EPOCH', `epoch ${header.producerEpoch} is over, it is ${state.epoch} now`)
    }
    return sequenceVerdict(header, state, strict)
  }

  private current(key: string, now: number): ProducerState | undefined {
    const state = this.byId.get(key)
    if (!state || state.txnStart !== null || now - state.seen < EXPIRATION_MS) return state
    this.byId.delete(key)
    return undefined
  }

  /** Whether a marker may be written; `version` is the transaction's (KIP-1228). Returns an error code. */
  markerProblem(marker: Marker, version: number): number {
    const state = this.byId.get(String(marker.producerId))
    if (!state) return 0
    // From version 2 on markers have an epoch of their own. One that comes again finds no open transaction.
    const again = marker.epoch === state.epoch && (state.txnStart === null || marker.epoch === LAST_EPOCH)
    const over = version >= 2 ? marker.epoch <= state.epoch && !again : marker.epoch < state.epoch
    if (over) return errorCode('INVALID_PRODUCER_EPOCH')
    return marker.coordinatorEpoch < state.coordinatorEpoch ? errorCode('TRANSACTION_COORDINATOR_FENCED') : 0
  }

  /** A batch was appended; `marker` is what it says where it is a control batch. */
  appended(header: BatchHeader, baseOffset: number, now: number, marker: Marker | null): void {
    if (header.producerId < 0) return
    const key = String(header.producerId)
    const state = this.touch(key, header, now)
    state.lastTimestamp = header.maxTimestamp
    if (marker) this.ended(key, state, marker, baseOffset)
    if (header.attributes & CONTROL) return
    if (header.attributes & TRANSACTIONAL && state.txnStart === null) {
      state.txnStart = baseOffset
      this.open.set(key, baseOffset)
    }
    const [first, last] = [header.baseSequence, lastSequence(header)]
    state.batches.push({ first, last, baseOffset, timestamp: header.maxTimestamp })
    if (state.batches.length > KEPT_BATCHES) state.batches.shift()
  }

  /** The producer's state, made where there is none, of the batch's epoch; it becomes the last to be forgotten. */
  private touch(key: string, header: BatchHeader, now: number): ProducerState {
    const state = this.byId.get(key) ?? {
      producerId: header.producerId,
      epoch: header.producerEpoch,
      coordinatorEpoch: -1,
      batches: [],
      txnStart: null,
      lastTimestamp: -1,
      seen: now,
    }
    if (state.epoch !== header.producerEpoch) {
      state.epoch = header.producerEpoch
      state.batches = []
    }
    state.seen = now
    this.byId.delete(key)
    this.forgetOldest()
    this.byId.set(key, state)
    return state
  }

  private forgetOldest(): void {
    for (const [key, { txnStart }] of this.byId) {
      if (this.byId.size < KEPT_PRODUCERS) return
      if (txnStart === null) this.byId.delete(key)
    }
  }

  private ended(key: string, state: ProducerState, marker: Marker, lastOffset: number): void {
    state.coordinatorEpoch = marker.coordinatorEpoch
    const firstOffset = state.txnStart
    // A marker without records changes nothing for readers.
    if (firstOffset === null) return
    state.txnStart = null
    this.open.delete(key)
    if (!marker.committed) this.aborted.push({ producerId: state.producerId, firstOffset, lastOffset })
  }

  /** Where the oldest open transaction begins; null where none is open. */
  get firstOpen(): number | null {
    for (const offset of this.open.values()) return offset
    return null
  }

  /** Whether this producer, of this epoch, has a transaction open here. */
  isOpen(producerId: number | bigint, epoch: number): boolean {
    const state = this.byId.get(String(producerId))
    return state !== undefined && state.txnStart !== null && state.epoch === epoch
  }

  /** Aborted transactions that have records in `from` up to, but not including, `to`. */
  abortedIn(from: number, to: number): AbortedTxn[] {
    let first = this.aborted.length
    while (first > 0 && this.aborted[first - 1]!.lastOffset >= from) first--
    return this.aborted.slice(first).filter((txn) => txn.firstOffset < to)
  }

  /** What lies wholly before an offset is gone. */
  truncateBefore(offset: number): void {
    if (this.aborted.length > 0) this.aborted = this.aborted.filter((txn) => txn.lastOffset >= offset)
  }

  /** As DescribeProducers tells of them, forgotten ones left out. */
  describe(now: number): ProducerDescription[] {
    const states = [...this.byId.keys()].flatMap((key) => this.current(key, now) ?? [])
    return states.map(({ producerId, epoch, coordinatorEpoch, batches, txnStart, lastTimestamp }) => ({
      producerId,
      producerEpoch: epoch,
      lastSequence: batches.at(-1)?.last ?? -1,
      lastTimestamp,
      coordinatorEpoch,
      currentTxnStartOffset: txnStart ?? -1,
    }))
  }
}

export interface ProducerDescription {
  readonly producerId: number | bigint
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastTimestamp: number | bigint
  readonly coordinatorEpoch: number
  readonly currentTxnStartOffset: number
}

function sequenceVerdict(header: BatchHeader, state: ProducerState, strict: boolean): SequenceVerdict {
  const first = header.baseSequence
  if (header.producerEpoch > state.epoch) {
    if (first !== 0) return refuse('OUT_OF_ORDER_SEQUENCE_NUMBER', `sequence ${first} at the start of a new epoch`)
  } else {
    const last = lastSequence(header)
    const duplicate = state.batches.find((batch) => batch.first === first && batch.last === last)
    if (duplicate) return { duplicateOf: duplicate.baseOffset, timestamp: duplicate.timestamp }
    const newest = state.batches.at(-1)
    if (!newest && strict && first !== 0) {
      return refuse('OUT_OF_ORDER_SEQUENCE_NUMBER', `sequence ${first}, the first must be 0`)
    }
    const expected = newest ? nextSequence(newest.last) : 0
    if (first !== expected) return refuse('OUT_OF_ORDER_SEQUENCE_NUMBER', `sequence ${first}, not ${expected}`)
  }
  if (state.txnStart !== null && !(header.attributes & TRANSACTIONAL)) {
    return refuse('INVALID_TXN_STATE', 'a batch outside of the transaction that is open')
  }
  return { append: true }
}

/** Sequence numbers run from 0 to 2^31 - 1 and begin again (DefaultRecordBatch.incrementSequence). */
const nextSequence = (sequence: number): number => (sequence === 0x7fffffff ? 0 : sequence + 1)
const lastSequence = (header: BatchHeader): number => (header.baseSequence + header.lastOffsetDelta) % 0x80000000
