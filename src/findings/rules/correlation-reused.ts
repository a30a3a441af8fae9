import { ByConnection } from '../by-connection.ts'
import { about } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

/** Requests of a connection that wait at once and are looked at. */
const MAX_PENDING = 10_000
/** So few are looked through faster than a map finds one. */
const FEW = 8

/** Requests of a connection that wait. */
class Waiting {
  told = false
  private readonly ids: number[] = []
  private readonly exchanges: number[] = []
  private readonly rest = new Map<number, number>()

  /** The exchange that waits with this correlation id; else that of `exchange` is remembered. */
  add(id: number, exchange: number): number | undefined {
    const at = this.ids.indexOf(id)
    const before = at >= 0 ? this.exchanges[at] : this.rest.size > 0 ? this.rest.get(id) : undefined
    if (before !== undefined) return before
    if (this.ids.length < FEW) {
      this.ids.push(id)
      this.exchanges.push(exchange)
    } else if (this.rest.size < MAX_PENDING) this.rest.set(id, exchange)
    return undefined
  }

  remove(id: number, exchange: number): void {
    const at = this.ids.indexOf(id)
    if (at < 0) {
      if (this.rest.get(id) === exchange) this.rest.delete(id)
      return
    }
    if (this.exchanges[at] !== exchange) return
    const last = this.ids.length - 1
    this.ids[at] = this.ids[last]!
    this.exchanges[at] = this.exchanges[last]!
    this.ids.pop()
    this.exchanges.pop()
  }
}

/** A correlation id used again while a request with it still waits: by the id alone the answers can't be told apart. */
export const correlationReused: SessionRule = {
  kind: 'session',
  code: 'protocol/correlation-reused',
  severity: 'warning',
  apis: null,
  watch() {
    const waiting = new ByConnection<Waiting>()
    return {
      request(seen, tell) {
        const { connection, correlationId, framing, id } = seen.exchange
        if (framing !== 'kafka') return
        let state = waiting.get(connection)
        if (!state) {
          state = new Waiting()
          waiting.set(connection, state)
        }
        const before = state.add(correlationId, id)
        if (before === undefined || state.told) return
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
        waiting.get(connection)?.remove(correlationId, id)
      },
      closed: (connection) => waiting.delete(connection),
    }
  },
}
