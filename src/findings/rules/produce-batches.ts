import { about, place } from '../lines.ts'
import { PRODUCE } from '../produced.ts'
import type { SessionRule } from '../rule.ts'

/** From v3 on a partition of a Produce request holds exactly one batch (ProduceRequest.validateRecords of kafka-clients). */
const ONE_BATCH = 3

/** More than one batch, or none, where Kafka demands one. */
export const produceBatches: SessionRule = {
  kind: 'session',
  code: 'records/produce-batches',
  severity: 'error',
  apis: [PRODUCE],
  watch: ({ produced }) => ({
    exchange(seen, tell) {
      const { apiVersion } = seen.exchange
      if (apiVersion < ONE_BATCH) return
      for (const { line, batches } of produced.of(seen)?.partitions ?? []) {
        if (line < 0 || batches.length === 1) continue
        const { path, offset, length } = place(seen, 'request', line)
        const second = batches[1]
        // Bytes that are no batch are the business of the rules over records.
        if (!second && length > 4) continue
        tell({
          ...about(seen, 'request'),
          path: second ? `${path}[batch 1]` : path,
          offset: second?.at ?? offset,
          length: second?.size ?? length,
          message: `A partition of Produce v${apiVersion} holds ${batches.length} batches: brokers take exactly one and refuse the request (INVALID_RECORD).`,
        })
      }
    },
  }),
}
