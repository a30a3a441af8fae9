import { errorCode } from '../../../dissectors/errors.ts'
import { i16, u8 } from '../../bytes/read.ts'
import { fixedWidth } from '../../codec/compile.ts'
import { responseMessage } from '../../codec/messages.ts'
import type { Frame } from '../../session/exchange.ts'
import type { ExchangeRule } from '../rule.ts'

const UNSUPPORTED_VERSION = errorCode('UNSUPPORTED_VERSION')
const API_VERSIONS = 18

/**
 * A broker advertised a version in its ApiVersions answer and then refuses it. Judged by the answer's own error code,
 * where its schema has one among its first fields, and by answers that are nothing but an error code.
 */
export const advertisedRefused: ExchangeRule = {
  kind: 'exchange',
  code: 'protocol/advertised-refused',
  severity: 'error',
  check({ apiKey, api, apiVersion, connection, response }) {
    const range = connection.apiVersions?.get(apiKey)
    if (!response || apiKey === API_VERSIONS || !range || apiVersion < range[0] || apiVersion > range[1]) return null
    const offset = places(response).find(
      (at) => response.bytes.length >= at + 2 && i16(response.bytes, at) === UNSUPPORTED_VERSION,
    )
    if (offset === undefined) return null
    return {
      api,
      apiVersion,
      kind: 'response',
      path: 'errorCode',
      offset,
      length: 2,
      message: `The broker advertises ${api} v${range[0]} to v${range[1]}, but answers v${apiVersion} with UNSUPPORTED_VERSION.`,
    }
  },
}

/** Where the answer's error code is, or may be: elsewhere 35 is the length of a topic's name, or a generation. */
function places({ apiKey, apiVersion, headerVersion, bytes, size }: Frame): number[] {
  // A header with tags in it, which no broker writes, leaves the body's place unknown.
  if (headerVersion === 1 && (bytes.length < 9 || u8(bytes, 8) !== 0)) return []
  const body = headerVersion === 1 ? 9 : 8
  const bare = [body, body + 4].filter((at) => size === at + 2)
  let at = body
  for (const { name, type, tag } of responseMessage(apiKey, apiVersion)?.model.fields ?? []) {
    if (name === 'errorCode' && tag < 0) return [at, ...bare]
    const width = fixedWidth(type)
    if (width === 0 || tag >= 0) break
    at += width
  }
  return bare
}
