/** DescribeCluster: all nodes. A controller would be asked with endpoint type 2 (KIP-919). */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Handler } from '../api.ts'
import { CLUSTER_OPERATIONS, NOT_ASKED } from '../operations.ts'

interface Request {
  readonly includeClusterAuthorizedOperations: boolean
  readonly endpointType?: number
}

const BROKERS = 1
const CONTROLLERS = 2

export const describeCluster: Handler<Request> = {
  apiKey: 60,
  versions: [0, 2],
  handle(request, { broker }) {
    const { endpointType = BROKERS } = request
    if (endpointType !== BROKERS) {
      const known = endpointType === CONTROLLERS
      return {
        errorCode: errorCode(known ? 'MISMATCHED_ENDPOINT_TYPE' : 'UNSUPPORTED_ENDPOINT_TYPE'),
        errorMessage: 'The request was sent to an endpoint of type BROKER.',
      }
    }
    return {
      clusterId: broker.clusterId,
      controllerId: broker.cluster.controller.nodeId,
      brokers: broker.cluster.nodes.map(({ nodeId, host, port }) => ({ brokerId: nodeId, host, port })),
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? CLUSTER_OPERATIONS : NOT_ASKED,
    }
  },
}
