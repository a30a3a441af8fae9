/**
 * Producer ids, and what each partition remembers of idempotent producers (KIP-98): the epoch, and the last five
 * batches, so that a batch sent again is answered but not appended again (ProducerStateManager of Apache Kafka).
 */

import { errorCode } from '../../dissectors/errors.ts'
import type { BatchHeader } from '../../dissectors/records/header.ts'
import type { PartitionLog } from './log.ts'

interface Appended {
  readonly first: number
  readonly last: number
  readonly baseOffset: number
  readonly timestamp: number | bigint
}

interface ProducerState {
  epoch: number
  /** Oldest first. */
  readonly batches: Appended[]
}

/** ProducerStateEntry.NUM_BATCHES_TO_RETAIN */
const KEPT_BATCHES = 5
/** Producers remembered per partition; those that wrote longest ago are forgotten. */
const KEPT_PRODUCERS = 1000

/** What to do with a batch: append it, answer with the offset it got before, or refuse it. */
export type SequenceVerdict =
  | { readonly append: true }
  | { readonly duplicateOf: number; readonly timestamp: number | bigint }
  | { readonly error: number }

export class Producers {
  private nextId = 0
  private readonly byLog = new WeakMap<PartitionLog, Map<string, ProducerState>>()

  /** A new producer id; its epoch is 0. */
  newId(): number {
    return this.nextId++
  }

  /** Judges the sequence numbers of a batch that is about to be appended. */
  check(log: PartitionLog, header: BatchHeader): SequenceVerdict {
    if (header.producerId < 0) return { append: true }
    const state = this.byLog.get(log)?.get(String(header.producerId))
    if (!state) return { append: true }
    if (header.producerEpoch < state.epoch) return { error: errorCode('INVALID_PRODUCER_EPOCH') }
    const first = header.baseSequence
    const last = lastSequence(header)
    if (header.producerEpoch > state.epoch) {
      return first === 0 ? { append: true } : { error: errorCode('OUT_OF_ORDER_SEQUENCE_NUMBER') }
    }
    const duplicate = state.batches.find((batch) => batch.first === first && batch.last === last)
    if (duplicate) return { duplicateOf: duplicate.baseOffset, timestamp: duplicate.timestamp }
    const expected = nextSequence(state.batches.at(-1)!.last)
    return first === expected ? { append: true } : { error: errorCode('OUT_OF_ORDER_SEQUENCE_NUMBER') }
  }

  /** A batch was appended. */
  appended(log: PartitionLog, header: BatchHeader, baseOffset: number): void {
    if (header.producerId < 0) return
    let producers = this.byLog.get(log)
    if (!producers) {
      producers = new Map()
      this.byLog.set(log, producers)
    }
    const key = String(header.producerId)
    let state = producers.get(key)
    producers.delete(key)
    forgetOldest(producers, KEPT_PRODUCERS)
    if (!state || state.epoch !== header.producerEpoch) state = { epoch: header.producerEpoch, batches: [] }
    producers.set(key, state)
    state.batches.push({
      first: header.baseSequence,
      last: lastSequence(header),
      baseOffset,
      timestamp: header.maxTimestamp,
    })
    if (state.batches.length > KEPT_BATCHES) state.batches.shift()
  }
}

/** Sequence numbers run from 0 to 2^31 - 1 and begin again (DefaultRecordBatch.incrementSequence). */
const nextSequence = (sequence: number): number => (sequence === 0x7fffffff ? 0 : sequence + 1)
const lastSequence = (header: BatchHeader): number => (header.baseSequence + header.lastOffsetDelta) % 0x80000000

/** Maps keep the order of insertion: the first keys go until there is room for one more. */
function forgetOldest(map: Map<string, unknown>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size < limit) return
    map.delete(key)
  }
}
