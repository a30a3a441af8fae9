import { ByConnection } from '../by-connection.ts'
import { FETCH } from '../fetched.ts'
import { at, child } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

/** Partitions that are remembered of a connection. */
const MAX_LOGS = 2_000

/** A high watermark that shrinks on one connection: what consumers were given is gone. */
export const highWatermark: SessionRule = {
  kind: 'session',
  code: 'protocol/high-watermark',
  severity: 'warning',
  apis: [FETCH],
  watch({ fetched }) {
    const all = new ByConnection<Map<string, { mark: number | bigint; exchange: number }>>()
    return {
      exchange(seen, tell) {
        const { connection, id } = seen.exchange
        const known = all.get(connection) ?? new Map<string, { mark: number | bigint; exchange: number }>()
        if (known.size === 0) all.set(connection, known)
        for (const { log, line, topic, partition, errorCode, highWatermark: mark } of fetched.of(seen)?.partitions ??
          []) {
          if (errorCode !== 0 || mark < 0) continue
          const before = known.get(log)
          if (before?.mark === mark) continue
          if (before || known.size < MAX_LOGS) known.set(log, { mark, exchange: id })
          if (!before || before.mark <= mark) continue
          tell({
            ...at(seen, 'response', child(seen.frame('response')!.table, line, 'highWatermark')),
            exchanges: [before.exchange],
            message: `${topic} [${partition}]: the high watermark is ${mark}, exchange ${before.exchange} was told ${before.mark}: the log was cut, or the topic made anew.`,
          })
        }
      },
      closed: (connection) => all.delete(connection),
    }
  },
}
