import { apiHeader } from '../../codec/messages.ts'
import type { FrameRule } from '../rule.ts'

/** An API key that no table has: a vendor's own (10000 and up), or one of a newer Kafka. */
export const unknownApi: FrameRule = {
  kind: 'frame',
  code: 'unknown/api',
  severity: 'note',
  check({ kind, apiKey, apiVersion, bytes }) {
    // A frame that ends before its key has none.
    if (kind !== 'request' || bytes.length < 6 || apiHeader(apiKey)) return null
    const vendor = apiKey >= 10000 ? ": a vendor's own" : ''
    return {
      kind,
      apiVersion,
      path: 'header.requestApiKey',
      offset: 4,
      length: 2,
      message: `API key ${apiKey} is not known here${vendor}; only the header is read.`,
      causes: vendor
        ? []
        : [
            {
              cause: 'unknown-api',
              score: 0.5,
              message: 'the key is not one of Apache Kafka: a wrong number, or bytes that are no request header',
              path: 'header.requestApiKey',
              offset: 4,
              evidence: { claimed: apiKey },
            },
          ],
    }
  },
}
