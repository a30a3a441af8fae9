import { Bounded } from '../bounded.ts'
import { FETCH, type Fetched } from '../fetched.ts'
import { about } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

/** A fetch is late only where it is at least so much later than it may be; ms. */
const LATE = 1000
const MAX_CONNECTIONS = 10_000

/** A fetch answered long before its wait is over with nothing in it, or long after. Each told once a connection. */
export const fetchWait: SessionRule = {
  kind: 'session',
  code: 'protocol/fetch-wait',
  severity: 'note',
  apis: [FETCH],
  watch({ fetched }) {
    const told = new Bounded<string, true>(MAX_CONNECTIONS)
    return {
      exchange(seen, tell) {
        const fetch = fetched.of(seen)
        const { request, response, connection } = seen.exchange
        if (!fetch || !request || !response || fetch.errorCode !== 0) return
        const took = (response.time - request.time) / 1000
        const late = took > fetch.maxWaitMs + Math.max(LATE, fetch.maxWaitMs)
        const early = took < fetch.maxWaitMs / 2 && mustWait(fetch)
        const key = `${connection.id} ${late}`
        if ((!late && !early) || told.has(key)) return
        told.set(key, true)
        tell({
          ...about(seen, 'response'),
          path: '',
          offset: 0,
          length: response.size,
          message: late
            ? `The fetch was answered after ${took.toFixed(0)} ms, ${fetch.maxWaitMs} ms were asked for (maxWaitMs).`
            : `The fetch was answered after ${took.toFixed(0)} ms with no data and no error, although it asks to wait ${fetch.maxWaitMs} ms for ${fetch.minBytes} bytes.`,
        })
      },
    }
  },
}

/** Nothing in it that a broker answers at once for: data, errors, quotas, nothing asked, a diverging log. */
const mustWait = ({ minBytes, throttled, wanted, partitions }: Fetched): boolean =>
  minBytes > 0 &&
  !throttled &&
  wanted !== null &&
  wanted.size > 0 &&
  partitions.every(({ size, errorCode, highWatermark }) => size === 0 && errorCode === 0 && highWatermark >= 0)
