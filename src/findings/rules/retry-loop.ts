import { sameBytes } from '../../bytes/match.ts'
import { errorIn } from '../../codec/errors-in.ts'
import { ByConnection } from '../by-connection.ts'
import { about } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

/** So many times the same, each sent so soon after the answer before (in microseconds), is no backoff. */
const TIMES = 10
const SOON = 50_000
/** Requests up to this size are compared; larger ones differ, or are worth more than a loop. */
const MAX_BODY = 1024
/** What comes before differs from request to request: size, API, version, correlation id. */
const HEADER = 12

interface Loop {
  readonly body: Uint8Array
  /** Null of the first, which is not looked at before there is a second. */
  error: string | null
  exchanges: number[]
  answered: number
  times: number
}

/** The same request again and again, answered by the same error, without a pause in between. */
export const retryLoop: SessionRule = {
  kind: 'session',
  code: 'protocol/retry-loop',
  severity: 'warning',
  apis: null,
  watch() {
    const all = new ByConnection<Map<number, Loop>>()
    return {
      exchange(seen, tell) {
        const { connection, clientId, api, apiKey, request, response, id } = seen.exchange
        if (!request || !response || request.bytes.length - HEADER > MAX_BODY || !request.kept) return
        let loops = all.get(connection)
        if (!loops) {
          loops = new Map()
          all.set(connection, loops)
        }
        const loop = loops.get(apiKey)
        const { bytes, time } = request
        const length = bytes.length - HEADER
        const same = loop?.body.length === length && sameBytes(bytes, HEADER, loop.body, 0, length)
        // Most requests differ from the one before, or come much later: of those the answer is not looked at.
        const answer = same && time - loop.answered <= SOON ? seen.frame('response') : null
        const error = answer ? errorIn(answer) : null
        if (!same || error === null || (loop.error !== null && loop.error !== error)) {
          if (loop?.body.length === length) {
            // Most requests of an API are as long as the one before: nothing is made for them.
            if (!same) loop.body.set(bytes.subarray(HEADER))
            loop.error = error
            loop.exchanges = [id]
            loop.answered = response.time
            loop.times = 1
          } else
            loops.set(apiKey, {
              body: new Uint8Array(bytes.subarray(HEADER)),
              error,
              exchanges: [id],
              answered: response.time,
              times: 1,
            })
          return
        }
        loop.error = error
        loop.answered = response.time
        loop.times++
        if (loop.exchanges.length < 20) loop.exchanges.push(id)
        if (loop.times !== TIMES) return
        tell({
          ...about(seen, 'request'),
          path: '',
          offset: 0,
          length: request.size,
          exchanges: loop.exchanges,
          message: `${clientId === null ? 'A client' : `Client "${clientId}"`} sent the same ${api} request ${TIMES} times, each within ${SOON / 1000} ms after ${error}: it retries without backoff.`,
        })
      },
      closed: (connection) => all.delete(connection),
    }
  },
}
