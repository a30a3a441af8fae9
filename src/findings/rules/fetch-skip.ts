import { Bounded } from '../bounded.ts'
import { FETCH } from '../fetched.ts'
import { inBatch } from '../in-batch.ts'
import type { SessionRule } from '../rule.ts'

const MAX_LOGS = 10_000

/** A fetch whose first records come after the asked offset, although the log begins before it. Told once a partition. */
export const fetchSkip: SessionRule = {
  kind: 'session',
  code: 'protocol/fetch-skip',
  severity: 'note',
  apis: [FETCH],
  watch({ fetched }) {
    const told = new Bounded<string, true>(MAX_LOGS)
    return {
      exchange(seen, tell) {
        for (const { batches, asked, recordsLine, log, topic, partition, logStartOffset } of fetched.of(seen)
          ?.partitions ?? []) {
          const first = batches[0]
          // A wrapper of magic 0 or 1 has the offset of its last message.
          if (!first || !asked || asked.offset < 0 || first.count < 0 || first.baseOffset <= asked.offset) continue
          if (logStartOffset < 0 || logStartOffset > asked.offset || told.has(log)) continue
          told.set(log, true)
          tell({
            ...inBatch(seen, 'response', recordsLine, batches, 0, 'baseOffset'),
            message: `${topic} [${partition}]: asked for offset ${asked.offset}, the first record that came is ${first.baseOffset}; the log begins at ${logStartOffset}.`,
          })
        }
      },
    }
  },
}
