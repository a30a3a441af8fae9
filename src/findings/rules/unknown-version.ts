import { apiHeader, requestMessage } from '../../codec/messages.ts'
import { printVersions } from '../../schema/versions.ts'
import type { ExchangeRule } from '../rule.ts'

/** A version of a known API that no table has. ApiVersions above the newest is how clients find out (KIP-511). */
export const unknownVersion: ExchangeRule = {
  kind: 'exchange',
  code: 'unknown/version',
  severity: 'note',
  check({ apiKey, api, apiVersion, request, framing }) {
    const header = apiHeader(apiKey)
    if (!request || framing !== 'kafka' || !header || requestMessage(apiKey, apiVersion)) return null
    return {
      api,
      apiVersion,
      kind: 'request',
      path: 'header.requestApiVersion',
      offset: 6,
      length: 2,
      message: `${api} v${apiVersion} is not known here (known: ${printVersions(header.versions)}); only the header is read.`,
    }
  },
}
