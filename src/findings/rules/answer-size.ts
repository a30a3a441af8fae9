import { FETCH } from '../fetched.ts'
import { at } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

/** Before v4 records are converted for the client and may grow by it. */
const NOT_CONVERTED = 4

/**
 * A fetch answered with more bytes than asked. One batch may be larger than the limits, where it is the first of the
 * answer (KIP-74), so that a client always gets further.
 */
export const answerSize: SessionRule = {
  kind: 'session',
  code: 'protocol/answer-size',
  severity: 'warning',
  apis: [FETCH],
  watch: ({ fetched }) => ({
    exchange(seen, tell) {
      const fetch = fetched.of(seen)
      if (!fetch || seen.exchange.apiVersion < NOT_CONVERTED) return
      let total = 0
      for (const { size, batches, asked, recordsLine, topic, partition } of fetch.partitions) {
        if (size === 0) continue
        const allowed = total === 0 ? (batches[0]?.size ?? size) : 0
        total += size
        if (asked && asked.maxBytes > 0 && size > Math.max(asked.maxBytes, allowed)) {
          tell({
            ...at(seen, 'response', recordsLine),
            message: `${topic} [${partition}]: ${size} bytes of records, ${asked.maxBytes} were asked for (partitionMaxBytes).`,
          })
        } else if (fetch.maxBytes > 0 && total > Math.max(fetch.maxBytes, allowed)) {
          tell({
            ...at(seen, 'response', recordsLine),
            message: `${total} bytes of records up to ${topic} [${partition}], ${fetch.maxBytes} were asked for (maxBytes).`,
          })
          return
        }
      }
    },
  }),
}
