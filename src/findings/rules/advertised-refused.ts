import { errorCode } from '../../../dissectors/errors.ts'
import { i16 } from '../../bytes/read.ts'
import type { ExchangeRule } from '../rule.ts'

const UNSUPPORTED_VERSION = errorCode('UNSUPPORTED_VERSION')
const API_VERSIONS = 18

/**
 * A broker advertised a version in its ApiVersions answer and then refuses it. Only answers whose first field is their
 * error code (perhaps after the throttle time) are judged.
 */
export const advertisedRefused: ExchangeRule = {
  kind: 'exchange',
  code: 'protocol/advertised-refused',
  severity: 'error',
  check({ apiKey, api, apiVersion, connection, response }) {
    const range = connection.apiVersions?.get(apiKey)
    if (!response || apiKey === API_VERSIONS || !range || apiVersion < range[0] || apiVersion > range[1]) return null
    const body = response.headerVersion === 1 ? 9 : 8
    for (const offset of [body, body + 4]) {
      if (response.bytes.length < offset + 2 || i16(response.bytes, offset) !== UNSUPPORTED_VERSION) continue
      return {
        api,
        apiVersion,
        kind: 'response',
        path: 'errorCode',
        offset,
        length: 2,
        message: `The broker advertises ${api} v${range[0]} to v${range[1]}, but answers v${apiVersion} with UNSUPPORTED_VERSION.`,
      }
    }
    return null
  },
}
