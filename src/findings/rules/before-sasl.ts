import type { Exchange } from '../../session/exchange.ts'
import { ByConnection } from '../by-connection.ts'
import { intOf } from '../lines.ts'
import type { SessionRule } from '../rule.ts'
import type { Tell } from '../watch.ts'

const SASL_HANDSHAKE = 17
const SASL_AUTHENTICATE = 36
const API_VERSIONS = 18

interface Login {
  readonly mechanism: string
  /** Whether the answer to SaslHandshake was seen, and a SaslAuthenticate request. */
  answered: boolean
  begun: boolean
  failed: boolean
  /** Answers to SaslAuthenticate without an error that are still to come before it is done. */
  left: number
  /** A request that seems to be too early: it is, once the answer that it should have awaited comes after it. */
  suspect: Exchange | null
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
    const logins = new ByConnection<Login>()
    return {
      request(seen, tell) {
        const { connection, apiKey, apiVersion } = seen.exchange
        // After v0 raw tokens come, which the session follows.
        if (apiKey === SASL_HANDSHAKE && apiVersion > 0 && !connection.midstream) {
          logins.set(connection, newLogin(connection.sasl?.mechanism ?? 'SASL'))
          return
        }
        const login = logins.get(connection)
        if (!login || login.left === 0 || login.told || apiKey === API_VERSIONS) return
        if (apiKey === SASL_AUTHENTICATE) login.begun = true
        else if (login.failed || (login.answered && !login.begun)) say(login, seen.exchange, tell)
        else login.suspect ??= seen.exchange
      },
      exchange(seen, tell) {
        const { connection, apiKey, response } = seen.exchange
        if (apiKey !== SASL_AUTHENTICATE && apiKey !== SASL_HANDSHAKE) return
        const login = logins.get(connection)
        const answer = login ? seen.frame('response') : null
        if (!login || !answer || !response) {
          logins.delete(connection)
          return
        }
        const { suspect } = login
        login.suspect = null
        if (suspect?.request && !login.told && response.time > suspect.request.time) say(login, suspect, tell)
        const error = intOf(answer, answer.bodyLine, 'errorCode', 0)
        if (apiKey === SASL_HANDSHAKE) login.answered = error === 0
        else if (error === 0) login.left = Math.max(0, login.left - 1)
        else login.failed = true
      },
      gap: (connection) => logins.delete(connection),
      closed: (connection) => logins.delete(connection),
    }
  },
}

/** SCRAM has two rounds (RFC 5802), others have one at least. */
const newLogin = (mechanism: string): Login => ({
  mechanism,
  answered: false,
  begun: false,
  failed: false,
  left: mechanism.startsWith('SCRAM') ? 2 : 1,
  suspect: null,
  told: false,
})

function say(login: Login, exchange: Exchange, tell: Tell): void {
  login.told = true
  const { api, apiVersion, id } = exchange
  tell({
    exchange,
    api,
    apiVersion,
    kind: 'request',
    path: 'header.requestApiKey',
    offset: 4,
    length: 2,
    exchanges: [id],
    message: `${api} (exchange ${id}) is sent before the login of its connection (${login.mechanism}) is done: the broker closes it.`,
  })
}
