import { apiHeader, apiName } from '../../codec/messages.ts'
import { printVersions } from '../../schema/versions.ts'
import type { FrameRule } from '../rule.ts'

/** A version of a known API that no table has. ApiVersions above the newest is how clients find out (KIP-511). */
export const unknownVersion: FrameRule = {
  kind: 'frame',
  code: 'unknown/version',
  severity: 'note',
  check({ kind, apiKey, apiVersion, message }) {
    const header = apiHeader(apiKey)
    if (kind !== 'request' || !header || message) return null
    const api = apiName(apiKey)!
    const known = printVersions(header.versions)
    return {
      kind,
      api,
      apiVersion,
      path: 'header.requestApiVersion',
      offset: 6,
      length: 2,
      message: `${api} v${apiVersion} is not known here (known: ${known}); only the header is read.`,
      causes: [
        {
          cause: 'unknown-version',
          score: 0.5,
          message: `no release of Apache Kafka up to 4.4 has ${api} v${apiVersion}`,
          path: 'header.requestApiVersion',
          offset: 6,
          evidence: { claimed: apiVersion },
        },
      ],
    }
  },
}
