import { inBatch } from '../in-batch.ts'
import { PRODUCE } from '../produced.ts'
import type { SessionRule } from '../rule.ts'

/** A producer's offset deltas have no holes: brokers compare the last one with the count (LogValidator.validateBatch). */
export const produceCount: SessionRule = {
  kind: 'session',
  code: 'records/produce-count',
  severity: 'error',
  apis: [PRODUCE],
  watch: ({ produced }) => ({
    exchange(seen, tell) {
      for (const { line, batches } of produced.of(seen)?.partitions ?? []) {
        const index = batches.findIndex(
          ({ magic, lastOffsetDelta, count }) => magic === 2 && lastOffsetDelta !== count - 1,
        )
        if (index < 0) continue
        const { lastOffsetDelta, count } = batches[index]!
        tell({
          ...inBatch(seen, 'request', line, batches, index, 'lastOffsetDelta'),
          message: `lastOffsetDelta is ${lastOffsetDelta}, but the batch has ${count} records: brokers refuse it unless it is ${count - 1} (INVALID_RECORD).`,
        })
      }
    },
  }),
}
