import { Bounded } from '../bounded.ts'
import { about, VERSION_FIELD } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

const API_VERSIONS = 18
const MAX_TOLD = 10_000

/** A request in a version, or of an API, that the broker did not offer on this connection. Told once for each. */
export const unadvertisedVersion: SessionRule = {
  kind: 'session',
  code: 'protocol/unadvertised-version',
  severity: 'warning',
  apis: null,
  watch() {
    const told = new Bounded<string, true>(MAX_TOLD)
    return {
      request(seen, tell) {
        const { connection, api, apiKey, apiVersion, framing } = seen.exchange
        const { apiVersions } = connection
        if (framing !== 'kafka' || !apiVersions || apiVersions.size === 0 || apiKey === API_VERSIONS) return
        const range = apiVersions.get(apiKey)
        if (range && apiVersion >= range[0] && apiVersion <= range[1]) return
        const key = `${connection.id} ${apiKey} ${apiVersion}`
        if (told.has(key)) return
        told.set(key, true)
        const offered = range ? `v${range[0]} to v${range[1]} of it` : 'no version of it'
        tell({
          ...about(seen, 'request'),
          ...VERSION_FIELD,
          message: `The client sends ${api} v${apiVersion}; the broker offered ${offered} on this connection. Kafka's own brokers close the connection then.`,
        })
      },
    }
  },
}
