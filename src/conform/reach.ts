/** Whether a broker answers at all, and what it advertises. */
import { Connection, type ConnectionOptions, rangesOf, SOFTWARE, type VersionsBody } from '../client/connection.ts'
import { ClientError } from '../client/errors.ts'
import type { Address } from '../client/socket.ts'
import { type Advertised, chooseVersion } from '../client/versions.ts'
import { apiHeader, apiKeys } from '../codec/messages.ts'
import { API_VERSIONS, probe } from './frames.ts'

/** How long a broker may take for an ApiVersions answer, which it makes of nothing. */
const ANSWER_MS = 5000

/**
 * What a broker advertises: asked at every version that we know, newest first, until an answer can be read. Of a broker
 * whose answers to this can't be read, everything that we know. Rejects with ClientError where there is no connection,
 * or none of the answers is so much as a frame of Kafka's.
 */
export async function advertisedBy(address: Address, options: ConnectionOptions): Promise<Advertised> {
  let speaks = false
  let first: ClientError | null = null
  for (let version = chooseVersion(API_VERSIONS, null)!; version >= 0; version--) {
    const connection = await Connection.open(address, { ...options, askVersions: false })
    try {
      const { body, flaws } = await connection.call<VersionsBody>(API_VERSIONS, SOFTWARE, {
        version,
        timeoutMs: ANSWER_MS,
      })
      if (flaws.length === 0 && body.apiKeys.some(({ apiKey }) => apiKey === API_VERSIONS))
        return rangesOf(body.apiKeys)
      speaks = true
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      // A version that it does not know is answered as v0, which does not read as the version asked for.
      if (error.kind === 'decode') speaks = true
      first ??= error
      // Who does not answer takes as long for each: the oldest is the last that is waited for.
      if (error.kind === 'timeout' && version > 1) version = 1
    } finally {
      connection.close()
    }
  }
  if (!speaks && first) throw first
  return knownRanges()
}

/** All that this program knows. */
export const knownRanges = (): Advertised =>
  new Map(
    apiKeys().map((key) => {
      const { low, high } = apiHeader(key)!.versions
      return [key, { min: low, max: high }]
    }),
  )

/** Why the broker does not answer ApiVersions v0 on a new connection; null where it does. */
export async function unreachable(address: Address, options: ConnectionOptions): Promise<string | null> {
  try {
    const connection = await Connection.open(address, { ...options, askVersions: false })
    try {
      await connection.raw(probe(1), { request: 'ApiVersions v0', timeoutMs: ANSWER_MS })
      return null
    } finally {
      connection.close()
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
