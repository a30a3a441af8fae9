/** ListConfigResources (KIP-1142): what could be described; v0 is ListClientMetricsResources. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Handler } from '../api.ts'
import type { Broker } from '../broker.ts'
import { RESOURCE } from '../resources.ts'

interface Request {
  /** v1+; none: all types. */
  readonly resourceTypes?: readonly number[]
}

export const listConfigResources: Handler<Request> = {
  apiKey: 74,
  versions: [0, 1],
  handle({ resourceTypes = [RESOURCE.metrics] }, { broker }) {
    const all = namesByType(broker)
    if (resourceTypes.some((type) => !all.has(type))) return { errorCode: errorCode('UNSUPPORTED_VERSION') }
    return {
      configResources: [...all]
        .filter(([type]) => resourceTypes.length === 0 || resourceTypes.includes(type))
        .flatMap(([resourceType, names]) => names.map((resourceName) => ({ resourceName, resourceType }))),
    }
  },
}

const namesByType = ({ settings, topics, cluster }: Broker): Map<number, string[]> => {
  const nodes = cluster.nodes.map(({ nodeId }) => String(nodeId))
  return new Map([
    [RESOURCE.group, [...settings.groups.keys()]],
    [RESOURCE.metrics, [...settings.metrics.keys()]],
    [RESOURCE.logger, nodes],
    [RESOURCE.broker, nodes],
    [RESOURCE.topic, topics.all().map(({ name }) => name)],
  ])
}
