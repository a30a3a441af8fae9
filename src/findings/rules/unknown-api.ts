import { apiHeader } from '../../codec/messages.ts'
import type { ExchangeRule } from '../rule.ts'

/** An API key that no table has: a vendor's own (10000 and up), or one of a newer Kafka. */
export const unknownApi: ExchangeRule = {
  kind: 'exchange',
  code: 'unknown/api',
  severity: 'note',
  check({ apiKey, framing, request }) {
    if (!request || framing !== 'kafka' || apiHeader(apiKey)) return null
    return {
      kind: 'request',
      path: 'header.requestApiKey',
      offset: 4,
      length: 2,
      message: `API key ${apiKey} is not known here${apiKey >= 10000 ? ": a vendor's own" : ''}; only the header is read.`,
    }
  },
}
