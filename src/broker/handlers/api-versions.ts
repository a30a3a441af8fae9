/** ApiVersions: what is advertised is what the handlers declare. */
import { errorCode } from '../../../dissectors/errors.ts'
import { canHaveFeature } from '../../../dissectors/features.ts'
import type { Answer, Api, Context, Handler } from '../api.ts'

/** As a fresh Apache Kafka 4.4 has them: clients see from these which protocols of groups and transactions there are. */
const FEATURES = [
  { name: 'group.version', minVersion: 0, maxVersion: 1, level: 1 },
  { name: 'kraft.version', minVersion: 0, maxVersion: 1, level: 0 },
  { name: 'metadata.version', minVersion: 7, maxVersion: 33, level: 33 },
  { name: 'share.version', minVersion: 0, maxVersion: 2, level: 2 },
  { name: 'streams.version', minVersion: 0, maxVersion: 1, level: 1 },
  { name: 'transaction.version', minVersion: 0, maxVersion: 2, level: 2 },
  { name: 'eligible.leader.replicas.version', minVersion: 0, maxVersion: 1, level: 1 },
] as const

interface Request {
  /** v3+ (KIP-511) */
  readonly clientSoftwareName?: string
  readonly clientSoftwareVersion?: string
  /** v5+ (KIP-1242): whom the client believes to be talking to. */
  readonly clusterId?: string | null
  readonly nodeId?: number
}

/** KIP-511: brokers that have v3 say which versions they have. */
const FIRST_TELLING = 3

/** As ApiVersionsRequest.isValid of Apache Kafka has it. */
const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

export const apiVersions: Handler<Request> = {
  apiKey: 18,
  versions: [0, 5],
  handle(request, context) {
    const { version, apis } = context
    const { clientSoftwareName = '', clientSoftwareVersion = '' } = request
    if (version >= 3 && !(SOFTWARE.test(clientSoftwareName) && SOFTWARE.test(clientSoftwareVersion))) {
      return { errorCode: errorCode('INVALID_REQUEST') }
    }
    const misrouted = misroutedError(request, context)
    if (misrouted !== 0) return { errorCode: misrouted }
    const highest = new Map(apis.map(({ apiKey, versions }) => [apiKey, versions[1]]))
    const features = FEATURES.filter(({ name }) => canHaveFeature(name, (apiKey) => highest.get(apiKey)))
    return {
      errorCode: 0,
      apiKeys: apis.map(range),
      // v3 has no lowest version of 0 (KIP-1022).
      supportedFeatures: features.flatMap(({ name, minVersion, maxVersion }) =>
        version >= 4 || minVersion > 0 ? [{ name, minVersion, maxVersion }] : [],
      ),
      finalizedFeaturesEpoch: 1,
      finalizedFeatures: features.flatMap(({ name, level }) =>
        level === 0 ? [] : [{ name, maxVersionLevel: level, minVersionLevel: level }],
      ),
    }
  },
}

/** The two come together or not at all. Returns an error code. */
function misroutedError({ clusterId = null, nodeId = -1 }: Request, { broker, node }: Context): number {
  if (clusterId === null && nodeId === -1) return 0
  if (clusterId === null || nodeId === -1) return errorCode('INVALID_REQUEST')
  return clusterId === broker.clusterId && nodeId === node.nodeId ? 0 : errorCode('REBOOTSTRAP_REQUIRED')
}

const range = ({ apiKey, versions: [minVersion, maxVersion] }: Api): Answer => ({
  apiKey,
  minVersion,
  maxVersion,
})

/** The body, v0, of the answer to a version that is not known here: it names the versions that are (KIP-511). */
export const unsupportedVersion = (own: Api): Answer => ({
  errorCode: errorCode('UNSUPPORTED_VERSION'),
  apiKeys: own.versions[1] >= FIRST_TELLING ? [range(own)] : [],
})
