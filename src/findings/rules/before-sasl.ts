import type { Connection } from '../../session/connection.ts'
import { about, intOf } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

const SASL_HANDSHAKE = 17
const SASL_AUTHENTICATE = 36
const API_VERSIONS = 18

interface Login {
  /** Answers to SaslAuthenticate without an error that are still to come before it is done. */
  left: number
  told: boolean
}

/**
 * A request on a connection whose login (in SaslAuthenticate requests) is not done: the broker closes the connection
 * (SaslServerAuthenticator: IllegalSaslStateException).
 */
export const beforeSasl: SessionRule = {
  kind: 'session',
  code: 'protocol/before-sasl',
  severity: 'error',
  apis: null,
  watch() {
    const logins = new WeakMap<Connection, Login>()
    return {
      request(seen, tell) {
        const { connection, api, apiKey, apiVersion } = seen.exchange
        if (apiKey === SASL_HANDSHAKE) {
          // After v0 raw tokens come, which the session follows.
          if (apiVersion > 0 && !connection.midstream)
            logins.set(connection, { left: rounds(connection.sasl?.mechanism), told: false })
          return
        }
        const login = logins.get(connection)
        if (!login || login.left === 0 || login.told || apiKey === SASL_AUTHENTICATE || apiKey === API_VERSIONS) return
        login.told = true
        tell({
          ...about(seen, 'request'),
          path: 'header.requestApiKey',
          offset: 4,
          length: 2,
          message: `${api} is sent before the login of this connection (${connection.sasl?.mechanism ?? 'SASL'}) is done: the broker closes it.`,
        })
      },
      exchange(seen) {
        const { connection, apiKey, noResponse } = seen.exchange
        const login = logins.get(connection)
        if (!login || (apiKey !== SASL_AUTHENTICATE && apiKey !== SASL_HANDSHAKE)) return
        const answer = seen.frame('response')
        if (!answer || noResponse === 'not captured') logins.delete(connection)
        else if (apiKey === SASL_AUTHENTICATE && intOf(answer, answer.bodyLine, 'errorCode', -1) === 0) {
          login.left = Math.max(0, login.left - 1)
        }
      },
      gap: (connection) => void logins.delete(connection),
    }
  },
}

/** How many answers a login takes at least: SCRAM has two rounds (RFC 5802). */
const rounds = (mechanism: string | undefined): number => (mechanism?.startsWith('SCRAM') ? 2 : 1)
