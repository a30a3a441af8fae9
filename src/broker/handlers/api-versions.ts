/** ApiVersions: what is advertised is what the handlers declare. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Api, Handler } from '../api.ts'

interface Request {
  /** v3+ (KIP-511) */
  readonly clientSoftwareName?: string
  readonly clientSoftwareVersion?: string
}

/** As ApiVersionsRequest.isValid of Apache Kafka has it. */
const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

export const apiVersions: Handler<Request> = {
  apiKey: 18,
  versions: [0, 5],
  handle(request, { version, apis }) {
    const { clientSoftwareName = '', clientSoftwareVersion = '' } = request
    if (version >= 3 && !(SOFTWARE.test(clientSoftwareName) && SOFTWARE.test(clientSoftwareVersion))) {
      return { errorCode: errorCode('INVALID_REQUEST') }
    }
    return { errorCode: 0, apiKeys: apis.map(range) }
  },
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
