import { errorIn } from '../../codec/errors-in.ts'
import { decodeFrame } from '../../codec/frame.ts'
import { Run } from '../../codec/run.ts'
import type { Connection } from '../../session/connection.ts'
import type { Exchange } from '../../session/exchange.ts'
import { Bounded } from '../bounded.ts'
import type { SessionRule } from '../rule.ts'
import { readable } from '../seen.ts'

/** The client closes so soon after its last answer; microseconds. */
const SOON = 200_000
/** So many times, the first and the last within so long, where the answer itself is sound. */
const TIMES = 3
const WINDOW = 30_000_000
/** Connections whose newest answer is kept. */
const MAX_CONNECTIONS = 500
/** Larger answers are not kept until the connection ends. */
const MAX_ANSWER = 64 * 1024

/** Answers after which clients close because they are done: LeaveGroup, a heartbeat that leaves. */
const FAREWELLS = new Set([13, 68])

interface Drops {
  readonly exchanges: number[]
  readonly first: number
}

/** A connection's newest answer; null where the client went on after it. */
interface Last {
  exchange: Exchange | null
}

/**
 * A client that closes its connection right after an answer: often it could not parse it. Where we can't read it to
 * its end either, once is enough; where it is sound, only the same again and again says something.
 */
export const droppedAfterAnswer: SessionRule = {
  kind: 'session',
  code: 'protocol/dropped-after-answer',
  severity: 'warning',
  apis: null,
  watch() {
    const all = new Bounded<number, Last>(MAX_CONNECTIONS)
    const run = new Run()
    const goesOn = ({ id }: Connection): void => {
      const last = all.get(id)
      if (last) last.exchange = null
    }
    const drops = new Bounded<string, Drops>(MAX_CONNECTIONS)
    return {
      request: ({ exchange }) => goesOn(exchange.connection),
      exchange({ exchange }) {
        const { connection, response } = exchange
        const kept = response && readable(exchange, response) && response.size <= MAX_ANSWER ? exchange : null
        const last = all.get(connection.id)
        if (last) last.exchange = kept
        else if (kept) all.set(connection.id, { exchange: kept })
      },
      gap: goesOn,
      closed(connection, time, tell) {
        const exchange = all.get(connection.id)?.exchange
        all.delete(connection.id)
        if (!exchange?.response || connection.endedBy !== 'request' || time - exchange.response.time > SOON) return
        const { api, apiVersion, id, response } = exchange
        const place = { api, apiVersion, kind: 'response' as const, path: '', offset: 0, length: response.size }
        const decoded = decodeFrame(response.bytes, response, run, response.headerVersion)
        if (decoded.stopped || decoded.flaws.length > 0) {
          tell({
            ...place,
            exchange,
            exchanges: [id],
            message: `${who(connection)} closed the connection right after the answer to ${api} v${apiVersion} (exchange ${id}), which does not read as it should: very likely it could not parse it.`,
          })
          return
        }
        if (FAREWELLS.has(exchange.apiKey) || errorIn(decoded) !== null) return
        const host = connection.client.slice(0, connection.client.lastIndexOf(':'))
        const key = `${host} ${connection.clientId} ${api} ${apiVersion} ${connection.requests}`
        const known = drops.get(key)
        if (!known || time - known.first > WINDOW) {
          drops.set(key, { exchanges: [id], first: time })
          return
        }
        known.exchanges.push(id)
        if (known.exchanges.length !== TIMES) return
        tell({
          ...place,
          exchange,
          severity: 'note',
          exchanges: [...known.exchanges],
          message: `${who(connection)} closed ${TIMES} connections right after an answer to ${api} v${apiVersion}: perhaps it was done each time, perhaps it could not parse the answer.`,
        })
      },
    }
  },
}

const who = ({ clientId }: Connection): string => (clientId === null ? 'The client' : `Client "${clientId}"`)
