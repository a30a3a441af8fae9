import { Bounded } from '../bounded.ts'
import { about, VERSION_FIELD } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

const API_VERSIONS = 18
const SASL = new Set([17, 36])
const MAX_CLIENTS = 10_000

/** A client that never asks which versions the broker has. Told once for each client id, on its first connection. */
export const noApiVersions: SessionRule = {
  kind: 'session',
  code: 'protocol/no-api-versions',
  severity: 'note',
  apis: null,
  watch() {
    /** What is known of client ids: that they asked, or that they were told of. */
    const known = new Bounded<string, true>(MAX_CLIENTS)
    /** Requests of connections, the first few. */
    const first = new Bounded<number, true>(MAX_CLIENTS)
    return {
      request(seen, tell) {
        const { connection, clientId, apiKey, framing, api, apiVersion } = seen.exchange
        if (framing !== 'kafka' || SASL.has(apiKey) || first.has(connection.id)) return
        first.set(connection.id, true)
        const key = clientId ?? ''
        if (connection.midstream || connection.apiVersions || known.has(key)) return
        known.set(key, true)
        if (apiKey === API_VERSIONS) return
        tell({
          ...about(seen, 'request'),
          ...VERSION_FIELD,
          message: `The client begins with ${api} v${apiVersion} and does not ask which versions the broker has (ApiVersions).`,
        })
      },
      gap: (connection) => first.set(connection.id, true),
      closed: (connection) => first.delete(connection.id),
    }
  },
}
