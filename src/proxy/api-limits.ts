/** Makes a broker's ApiVersions answers those of another one: what it would not advertise is left out. */
import { canHaveFeature } from '../../dissectors/features.ts'
import type { Planted } from '../bugs/bug.ts'
import type { Planter } from '../bugs/planter.ts'
import { encodeFrame } from '../codec/encode.ts'
import { decodeFrame } from '../codec/frame.ts'
import { frameHeader, responseHeaderVersion, responseMessage } from '../codec/messages.ts'
import { valueAt } from '../codec/value.ts'

/** What is done to answer frames on their way to the client. */
export type AnswerEdit = Pick<Planter, 'wants' | 'plant'>

/** Lowest and highest version by API key. */
export type Limits = ReadonlyMap<number, readonly [low: number, high: number]>

const API_VERSIONS = 18

/** The edit, and those of `then` after it. */
export function limitApis(limits: Limits, then: AnswerEdit | null): AnswerEdit {
  return {
    wants: (apiKey, version) => apiKey === API_VERSIONS || (then?.wants(apiKey, version) ?? false),
    plant(frame, apiKey, version): Planted {
      const limited = apiKey === API_VERSIONS ? limitAnswer(frame, version, limits) : frame
      return then?.wants(apiKey, version) ? then.plant(limited, apiKey, version) : limited
    },
  }
}

interface Range {
  readonly apiKey: number
  readonly minVersion: number
  readonly maxVersion: number
}

interface Feature {
  readonly name: string
  readonly [field: string]: string | number
}

interface Body {
  readonly apiKeys: readonly Range[]
  /** v3+ */
  readonly supportedFeatures?: readonly Feature[]
  readonly finalizedFeatures?: readonly Feature[]
}

/** An answer that can't be read passes as it is, also one of v0 to a question of a higher version (KIP-511). */
export function limitAnswer(frame: Uint8Array, version: number, limits: Limits): Uint8Array {
  for (const each of version === 0 ? [0] : [version, 0]) {
    const decoded = decodeFrame(frame, { kind: 'response', apiKey: API_VERSIONS, apiVersion: each })
    const message = responseMessage(API_VERSIONS, each)
    if (decoded.flaws.length > 0 || decoded.bodyLine < 0 || !message) continue
    const header = valueAt(frame, decoded.table, decoded.headerLine) as { readonly correlationId: number }
    const body = valueAt(frame, decoded.table, decoded.bodyLine) as unknown as Body
    const apiKeys = body.apiKeys.flatMap((range) => {
      const limit = limits.get(range.apiKey)
      if (!limit) return []
      const minVersion = Math.max(range.minVersion, limit[0])
      const maxVersion = Math.min(range.maxVersion, limit[1])
      return minVersion <= maxVersion ? [{ ...range, minVersion, maxVersion }] : []
    })
    const highest = new Map(apiKeys.map(({ apiKey, maxVersion }) => [apiKey, maxVersion]))
    const kept = ({ name }: Feature): boolean => canHaveFeature(name, (apiKey) => highest.get(apiKey))
    const features = {
      supportedFeatures: body.supportedFeatures?.filter(kept),
      finalizedFeatures: body.finalizedFeatures?.filter(kept),
    }
    const headerModel = frameHeader('response', responseHeaderVersion(API_VERSIONS, each)).model
    return encodeFrame(headerModel, { ...header }, message.model, { ...body, apiKeys, ...features })
  }
  return frame
}
