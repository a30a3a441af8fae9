import { inBatch } from '../in-batch.ts'
import { PRODUCE } from '../produced.ts'
import type { SessionRule } from '../rule.ts'

/** Producers count offsets from 0: brokers refuse a batch of magic 2 that does not (UnifiedLog.analyzeAndValidateRecords). */
export const produceOffset: SessionRule = {
  kind: 'session',
  code: 'records/produce-offset',
  severity: 'error',
  apis: [PRODUCE],
  watch: ({ produced }) => ({
    exchange(seen, tell) {
      for (const { line, batches } of produced.of(seen)?.partitions ?? []) {
        const index = batches.findIndex(({ magic, baseOffset }) => magic === 2 && baseOffset !== 0)
        if (index < 0) continue
        tell({
          ...inBatch(seen, 'request', line, batches, index, 'baseOffset'),
          message: `A producer sends a batch with base offset ${batches[index]!.baseOffset}: brokers take only 0 and refuse it (INVALID_RECORD).`,
        })
      }
    },
  }),
}
