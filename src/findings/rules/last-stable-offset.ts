import { FETCH } from '../fetched.ts'
import { at, child } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

/** A last stable offset above the high watermark: what is stable has been replicated first. */
export const lastStableOffset: SessionRule = {
  kind: 'session',
  code: 'protocol/last-stable-offset',
  severity: 'warning',
  apis: [FETCH],
  watch: ({ fetched }) => ({
    exchange(seen, tell) {
      for (const { line, topic, partition, errorCode, highWatermark, lastStableOffset: stable } of fetched.of(seen)
        ?.partitions ?? []) {
        if (errorCode !== 0 || highWatermark < 0 || stable <= highWatermark) continue
        tell({
          ...at(seen, 'response', child(seen.frame('response')!.table, line, 'lastStableOffset')),
          message: `${topic} [${partition}]: the last stable offset is ${stable}, above the high watermark ${highWatermark}.`,
        })
      }
    },
  }),
}
