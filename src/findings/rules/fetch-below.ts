import { lastOffset } from '../batches.ts'
import { FETCH } from '../fetched.ts'
import { inBatch } from '../in-batch.ts'
import type { SessionRule } from '../rule.ts'

/** A fetch that yields nothing but records from below the asked offset: the client throws them away and asks again, for ever. */
export const fetchBelow: SessionRule = {
  kind: 'session',
  code: 'protocol/fetch-below',
  severity: 'error',
  apis: [FETCH],
  watch: ({ fetched }) => ({
    exchange(seen, tell) {
      for (const { batches, asked, recordsLine, topic, partition } of fetched.of(seen)?.partitions ?? []) {
        const last = batches.at(-1)
        if (!last || !asked || asked.offset < 0 || lastOffset(last) >= asked.offset) continue
        tell({
          ...inBatch(seen, 'response', recordsLine, batches, 0, 'baseOffset'),
          message: `${topic} [${partition}]: asked for offset ${asked.offset}, the records that came end at ${lastOffset(last)}: the client gets no further.`,
        })
      }
    },
  }),
}
