import { Bounded } from '../bounded.ts'
import { ByConnection } from '../by-connection.ts'
import { about, VERSION_FIELD } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

const API_VERSIONS = 18
const SASL = new Set([17, 36])
const MAX_CLIENTS = 10_000

/** Of more requests nothing is to be counted any more, logins and all. */
const MANY = 20
/** Requests of a connection without ApiVersions among them, from which on it counts as never asked. */
const ENOUGH = 5

/** A client that never asks which versions the broker has. Told once for each client id. */
export const noApiVersions: SessionRule = {
  kind: 'session',
  code: 'protocol/no-api-versions',
  severity: 'note',
  apis: null,
  watch() {
    /** Client ids that asked, or that were told of. */
    const known = new Bounded<string, true>(MAX_CLIENTS)
    /** Requests of connections that were seen from their beginning. */
    const counts = new ByConnection<number>()
    return {
      request(seen, tell) {
        const { connection, clientId, apiKey, framing, api, apiVersion, correlationId } = seen.exchange
        if (framing !== 'kafka' || SASL.has(apiKey) || connection.midstream) return
        if (connection.requests > MANY) return
        const count = (counts.get(connection) ?? 0) + 1
        if (count > ENOUGH) return
        // Clients count from 0 or 1: a first request with more is not the first, as in a recording of a part.
        if (count === 1 && correlationId > 1) {
          counts.set(connection, ENOUGH)
          return
        }
        counts.set(connection, apiKey === API_VERSIONS ? ENOUGH : count)
        const key = clientId ?? ''
        if (apiKey === API_VERSIONS) known.set(key, true)
        if (count < ENOUGH || known.has(key)) return
        known.set(key, true)
        tell({
          ...about(seen, 'request'),
          ...VERSION_FIELD,
          message: `The client sent ${ENOUGH} requests, the last one ${api} v${apiVersion}, and did not ask which versions the broker has (ApiVersions).`,
        })
      },
      gap: (connection) => counts.set(connection, ENOUGH),
      closed: (connection) => counts.delete(connection),
    }
  },
}
