import { Bounded } from '../bounded.ts'
import { inBatch } from '../in-batch.ts'
import { PRODUCE } from '../produced.ts'
import type { SessionRule } from '../rule.ts'

const MAX_PRODUCERS = 10_000
/** Sequences go on at 0 after the largest int32 (DefaultRecordBatch.incrementSequence). */
const WRAP = 2 ** 31

interface Sent {
  next: number
  connection: number
  /** The first sequence of the newest batch that was acknowledged, and which exchange did. */
  acknowledged: { sequence: number; exchange: number } | null
}

/**
 * Sequences of an idempotent producer's batches, per id, epoch and partition, as sent. Going back is legal where a
 * batch before was not acknowledged; what other connections carried meanwhile may not be in the capture.
 */
export const producerSequence: SessionRule = {
  kind: 'session',
  code: 'protocol/producer-sequence',
  severity: 'warning',
  apis: [PRODUCE],
  watch({ produced }) {
    const known = new Bounded<string, Sent>(MAX_PRODUCERS)
    return {
      exchange(seen, tell) {
        const { connection, id } = seen.exchange
        for (const { log, line, topic, partition, batches, answer } of produced.of(seen)?.partitions ?? []) {
          const batch = batches[0]
          if (!batch || batch.magic < 2 || batch.producerId < 0 || batch.baseSequence < 0) continue
          const key = `${batch.producerId} ${batch.producerEpoch} ${log}`
          const sequence = batch.baseSequence
          const before = known.get(key)
          const next = (sequence + batch.lastOffsetDelta + 1) % WRAP
          const sent = { next, connection: connection.id, acknowledged: before?.acknowledged ?? null }
          if (answer?.errorCode === 0) sent.acknowledged = { sequence, exchange: id }
          known.set(key, sent)
          if (!before || before.connection !== connection.id || sequence === before.next) continue
          const place = inBatch(seen, 'request', line, batches, 0, 'baseSequence')
          const what = `${topic} [${partition}]: producer ${batch.producerId}, epoch ${batch.producerEpoch}, sends sequence ${sequence}`
          const again = before.acknowledged?.sequence === sequence ? before.acknowledged : null
          if (again)
            tell({
              ...place,
              exchanges: [again.exchange],
              message: `${what} again, although exchange ${again.exchange} was answered without an error.`,
            })
          else if (ahead(sequence, before.next))
            tell({
              ...place,
              // A broker that takes it was sent the missing ones some other way.
              severity: answer?.errorCode === 0 ? 'note' : 'warning',
              message: `${what}, but ${before.next} is next: batches are missing in between.`,
            })
        }
      },
      gap: () => known.clear(),
    }
  },
}

/** Whether a sequence comes after another, around the largest int32. */
const ahead = (sequence: number, next: number): boolean => (sequence - next + WRAP) % WRAP < WRAP / 2
