import { apiHeader } from '../../codec/messages.ts'
import { includes } from '../../schema/versions.ts'
import type { ExchangeRule } from '../rule.ts'

/** A client uses a version that Apache Kafka 4.0 removed (KIP-896): today's brokers refuse it. */
export const droppedVersion: ExchangeRule = {
  kind: 'exchange',
  code: 'protocol/dropped-version',
  severity: 'note',
  check({ apiKey, api, apiVersion }) {
    const header = apiHeader(apiKey)
    if (!header || !includes(header.removed, apiVersion)) return null
    return {
      api,
      apiVersion,
      kind: 'request',
      path: 'header.requestApiVersion',
      offset: 6,
      length: 2,
      message: `${api} v${apiVersion} is gone from Apache Kafka 4.0 on: brokers of today refuse it.`,
    }
  },
}
