import { FETCH } from '../fetched.ts'
import { at, child } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

/** A log that begins above its high watermark. */
export const logStartOffset: SessionRule = {
  kind: 'session',
  code: 'protocol/log-start-offset',
  severity: 'warning',
  apis: [FETCH],
  watch: ({ fetched }) => ({
    exchange(seen, tell) {
      for (const { line, topic, partition, errorCode, highWatermark, logStartOffset: start } of fetched.of(seen)
        ?.partitions ?? []) {
        if (errorCode !== 0 || highWatermark < 0 || start <= highWatermark) continue
        tell({
          ...at(seen, 'response', child(seen.frame('response')!.table, line, 'logStartOffset')),
          message: `${topic} [${partition}]: the log begins at ${start}, above the high watermark ${highWatermark}.`,
        })
      }
    },
  }),
}
