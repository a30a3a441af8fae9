/** ApiVersions: what is advertised is what the handlers declare. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Api, Handler } from '../api.ts'
import { type Broker, NODE_ID } from '../broker.ts'

interface Request {
  /** v3+ (KIP-511) */
  readonly clientSoftwareName?: string
  readonly clientSoftwareVersion?: string
  /** v5+ (KIP-1242): whom the client believes to be talking to. */
  readonly clusterId?: string | null
  readonly nodeId?: number
}

/** As ApiVersionsRequest.isValid of Apache Kafka has it. */
const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

export const apiVersions: Handler<Request> = {
  apiKey: 18,
  versions: [0, 5],
  handle(request, { version, apis, broker }) {
    const { clientSoftwareName = '', clientSoftwareVersion = '' } = request
    if (version >= 3 && !(SOFTWARE.test(clientSoftwareName) && SOFTWARE.test(clientSoftwareVersion))) {
      return { errorCode: errorCode('INVALID_REQUEST') }
    }
    const misrouted = misroutedError(request, broker)
    if (misrouted !== 0) return { errorCode: misrouted }
    return { errorCode: 0, apiKeys: apis.map(range) }
  },
}

/** The two come together or not at all. Returns an error code. */
function misroutedError({ clusterId = null, nodeId = -1 }: Request, broker: Broker): number {
  if (clusterId === null && nodeId === -1) return 0
  if (clusterId === null || nodeId === -1) return errorCode('INVALID_REQUEST')
  return clusterId === broker.clusterId && nodeId === NODE_ID ? 0 : errorCode('REBOOTSTRAP_REQUIRED')
}

const range = ({ apiKey, versions: [minVersion, maxVersion] }: Api): Answer => ({
  apiKey,
  minVersion,
  maxVersion,
})

/** The body, v0, of the answer to a version that is not known here: it names the versions that are (KIP-511). */
export const unsupportedVersion = (): Answer => ({
  errorCode: errorCode('UNSUPPORTED_VERSION'),
  apiKeys: [range(apiVersions)],
})
