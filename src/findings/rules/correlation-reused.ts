import type { Connection } from '../../session/connection.ts'
import { about } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

/** Requests of a connection that wait at once and are looked at. */
const MAX_PENDING = 10_000

/** A correlation id used again while a request with it still waits: by the id alone the answers can't be told apart. */
export const correlationReused: SessionRule = {
  kind: 'session',
  code: 'protocol/correlation-reused',
  severity: 'warning',
  apis: null,
  watch() {
    /** By connection: waiting requests by correlation id, and whether it was told. */
    const waiting = new WeakMap<Connection, { ids: Map<number, number>; told: boolean }>()
    return {
      request(seen, tell) {
        const { connection, correlationId, framing, id } = seen.exchange
        if (framing !== 'kafka') return
        const state = waiting.get(connection) ?? { ids: new Map<number, number>(), told: false }
        if (state.ids.size === 0) waiting.set(connection, state)
        const before = state.ids.get(correlationId)
        if (before === undefined) {
          if (state.ids.size < MAX_PENDING) state.ids.set(correlationId, id)
          return
        }
        if (state.told) return
        state.told = true
        tell({
          ...about(seen, 'request'),
          path: 'header.correlationId',
          offset: 8,
          length: 4,
          exchanges: [before],
          message: `Correlation id ${correlationId} is that of exchange ${before}, which still waits for its answer.`,
        })
      },
      exchange({ exchange: { connection, correlationId, id } }) {
        const ids = waiting.get(connection)?.ids
        if (ids?.get(correlationId) === id) ids.delete(correlationId)
      },
    }
  },
}
