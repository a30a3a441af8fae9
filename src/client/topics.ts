/** Making and deleting topics. */
import { errorCode } from '../../dissectors/errors.ts'
import { BrokerError, type Cluster, type TopicInfo } from './cluster.ts'
import type { Connection } from './connection.ts'

interface ResultBody {
  readonly topics?: readonly { readonly errorCode: number }[]
  readonly responses?: readonly { readonly errorCode: number }[]
}

const TOPIC_ALREADY_EXISTS = errorCode('TOPIC_ALREADY_EXISTS')
const UNKNOWN_TOPIC = errorCode('UNKNOWN_TOPIC_OR_PARTITION')
/** KIP-464: -1 takes the broker's default. */
const FIRST_WITH_DEFAULT_REPLICAS = 4
const POLL_MS = 50

/** Makes a topic. Rejects with ClientError, and BrokerError where it is there already or may not be made. */
export async function createTopic(
  cluster: Cluster,
  name: string,
  partitions: number,
  timeoutMs = 30_000,
): Promise<void> {
  const connection = await atController(cluster)
  const version = connection.versionOf('CreateTopics')
  const replicationFactor = version >= FIRST_WITH_DEFAULT_REPLICAS ? -1 : 1
  const topic = { name, numPartitions: partitions, replicationFactor, assignments: [], configs: [] }
  const { body } = await connection.call<ResultBody>('CreateTopics', { topics: [topic], timeoutMs })
  check(connection, `CreateTopics v${version}`, body.topics?.[0]?.errorCode)
}

/** Deletes a topic. Rejects with ClientError and BrokerError. */
export async function deleteTopic(cluster: Cluster, name: string, timeoutMs = 30_000): Promise<void> {
  const connection = await atController(cluster)
  const version = connection.versionOf('DeleteTopics')
  const request = { topics: [{ name }], topicNames: [name], timeoutMs }
  const { body } = await connection.call<ResultBody>('DeleteTopics', request)
  check(connection, `DeleteTopics v${version}`, body.responses?.[0]?.errorCode)
}

/**
 * The topic with a leader for every partition; made with `partitions` where it is not there. Rejects with ClientError
 * and BrokerError, also where it takes longer than `timeoutMs`.
 */
export async function ensureTopic(
  cluster: Cluster,
  name: string,
  partitions: number,
  timeoutMs = 30_000,
): Promise<TopicInfo> {
  const deadline = performance.now() + timeoutMs
  const [known] = await cluster.metadata([name])
  if (!known || known.errorCode === UNKNOWN_TOPIC) {
    await createTopic(cluster, name, partitions, timeoutMs).catch((error: unknown) => {
      // Somebody else was quicker.
      if (!(error instanceof BrokerError) || error.code !== TOPIC_ALREADY_EXISTS) throw error
    })
  }
  for (;;) {
    const [topic] = await cluster.metadata([name])
    const ready = topic && topic.errorCode === 0 && topic.partitions.length > 0
    if (ready && topic.partitions.every(({ leader }) => leader >= 0)) return topic
    if (performance.now() > deadline) {
      const { broker } = await cluster.any()
      throw new BrokerError(topic?.errorCode || UNKNOWN_TOPIC, { broker, request: `Metadata for ${name}` })
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

async function atController(cluster: Cluster): Promise<Connection> {
  const { controllerId, nodes } = cluster
  return nodes.has(controllerId) ? cluster.connectNode(controllerId) : cluster.any()
}

function check(connection: Connection, request: string, code: number | undefined): void {
  if (code !== 0) throw new BrokerError(code ?? -1, { broker: connection.broker, request })
}
