/** UpdateFeatures (KIP-584): levels can go up to what Apache Kafka 4.4 has; they are kept and have no effect. */
import type { Handler } from '../api.ts'
import { type Problem, problem } from '../resources.ts'
import type { Settings } from '../settings.ts'

interface FeatureUpdate {
  readonly feature: string
  readonly maxVersionLevel: number
  /** v0 */
  readonly allowDowngrade?: boolean
  /** v1+ */
  readonly upgradeType?: number
}

interface Request {
  readonly featureUpdates: readonly FeatureUpdate[]
  readonly validateOnly?: boolean
}

/** Lowest and highest level of each feature in Apache Kafka 4.4.0. */
const FEATURES: ReadonlyMap<string, readonly [low: number, high: number]> = new Map([
  ['metadata.version', [7, 33]],
  ['kraft.version', [0, 1]],
  ['transaction.version', [0, 2]],
  ['group.version', [0, 1]],
  ['share.version', [0, 2]],
  ['streams.version', [0, 1]],
  ['eligible.leader.replicas.version', [0, 1]],
])

/** FeatureUpdate.UpgradeType */
const UPGRADE = 1
const SAFE_DOWNGRADE = 2
const UNSAFE_DOWNGRADE = 3

export const updateFeatures: Handler<Request> = {
  apiKey: 57,
  versions: [0, 2],
  handle({ featureUpdates, validateOnly = false }, { broker }) {
    for (const update of featureUpdates) {
      const why = updateProblem(update, broker.settings)
      if (why !== null) return { ...failed(update, why) }
    }
    if (!validateOnly) {
      for (const { feature, maxVersionLevel } of featureUpdates) broker.settings.features.set(feature, maxVersionLevel)
    }
    return {
      errorMessage: null,
      results: featureUpdates.map(({ feature }) => ({ feature, errorCode: 0, errorMessage: 'NONE' })),
    }
  },
}

function failed({ feature, maxVersionLevel }: FeatureUpdate, why: string): Problem {
  return problem(
    'INVALID_UPDATE_VERSION',
    `The update failed for all features since the following feature had an error: Invalid update version ${maxVersionLevel} for feature ${feature}. ${why}`,
  )
}

function updateProblem(update: FeatureUpdate, { features }: Settings): string | null {
  const { feature, maxVersionLevel: level, allowDowngrade = false } = update
  const { upgradeType = allowDowngrade ? SAFE_DOWNGRADE : UPGRADE } = update
  const range = FEATURES.get(feature)
  if (upgradeType < UPGRADE || upgradeType > UNSAFE_DOWNGRADE)
    return 'The controller does not support the given upgrade type.'
  if (!range) return 'Local controller 1 does not support this feature.'
  if (level < range[0] || level > range[1]) {
    return `Local controller 1 only supports versions ${range[0]}-${range[1]}`
  }
  const now = features.get(feature) ?? range[1]
  if (level >= now) return null
  if (upgradeType === UPGRADE) {
    return "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade."
  }
  return feature === 'metadata.version'
    ? 'Refusing to perform the requested downgrade because it might delete metadata information.'
    : null
}
