import { Bounded } from '../bounded.ts'
import { FETCH } from '../fetched.ts'
import { at, child } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

const MAX_LOGS = 10_000

/** A high watermark that shrinks on one connection: what consumers were given is gone. */
export const highWatermark: SessionRule = {
  kind: 'session',
  code: 'protocol/high-watermark',
  severity: 'warning',
  apis: [FETCH],
  watch({ fetched }) {
    const known = new Bounded<string, { mark: number | bigint; exchange: number }>(MAX_LOGS)
    return {
      exchange(seen, tell) {
        const { connection, id } = seen.exchange
        for (const { log, line, topic, partition, errorCode, highWatermark: mark } of fetched.of(seen)?.partitions ??
          []) {
          if (errorCode !== 0 || mark < 0) continue
          const key = `${connection.id} ${log}`
          const before = known.get(key)
          known.set(key, { mark, exchange: id })
          if (!before || before.mark <= mark) continue
          tell({
            ...at(seen, 'response', child(seen.frame('response')!.table, line, 'highWatermark')),
            exchanges: [before.exchange],
            message: `${topic} [${partition}]: the high watermark is ${mark}, exchange ${before.exchange} was told ${before.mark}: the log was cut, or the topic made anew.`,
          })
        }
      },
    }
  },
}
