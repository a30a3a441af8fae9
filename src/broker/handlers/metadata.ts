/** Metadata: v0 asks for all topics with an empty list, later versions with null. */
import { errorCode } from '../../../dissectors/errors.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { isInternal } from '../internal-topics.ts'
import { CLUSTER_OPERATIONS, NOT_ASKED, TOPIC_OPERATIONS } from '../operations.ts'
import { type Topic, topicNameProblem } from '../topics.ts'

interface TopicRef {
  readonly topicId?: string
  readonly name: string | null
}

interface Request {
  readonly topics: readonly TopicRef[] | null
  readonly allowAutoTopicCreation?: boolean
  readonly includeClusterAuthorizedOperations?: boolean
  readonly includeTopicAuthorizedOperations?: boolean
}

/** By topic id since v10 in the schema, but Apache Kafka takes it from v12 on. */
const FIRST_BY_ID = 12

export const metadata: Handler<Request> = {
  apiKey: 3,
  versions: [0, 13],
  handle(request, context) {
    const { broker, version } = context
    const operations = request.includeTopicAuthorizedOperations ? TOPIC_OPERATIONS : NOT_ASKED
    const all = request.topics === null || (version === 0 && request.topics.length === 0)
    const topics = all
      ? broker.topics.all().map((topic) => found(topic, operations))
      : unique(request.topics!).map((ref) => describe(ref, request, context, operations))
    return {
      brokers: [...broker.cluster.nodes],
      clusterId: broker.clusterId,
      controllerId: broker.cluster.controller.nodeId,
      topics,
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? CLUSTER_OPERATIONS : NOT_ASKED,
    }
  },
}

function describe(ref: TopicRef, request: Request, { broker, version }: Context, operations: number): Answer {
  if (ref.name === null) {
    if (version < FIRST_BY_ID) return failed('INVALID_REQUEST', { name: '' })
    const topicId = ref.topicId ?? ZERO_UUID
    const topic = broker.topics.getById(topicId)
    return topic ? found(topic, operations) : failed('UNKNOWN_TOPIC_ID', { name: null, topicId })
  }
  const { name } = ref
  const unknown = { name, topicAuthorizedOperations: operations }
  if (topicNameProblem(name)) return failed('INVALID_TOPIC_EXCEPTION', unknown)
  const topic = broker.topicOrCreate(name, request.allowAutoTopicCreation ?? true)
  return topic ? found(topic, operations) : failed('UNKNOWN_TOPIC_OR_PARTITION', unknown)
}

const failed = (error: string, ref: Answer): Answer => ({
  errorCode: errorCode(error),
  ...ref,
})

function found(topic: Topic, topicAuthorizedOperations: number): Answer {
  return {
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternal(topic.name),
    partitions: topic.partitions.map((log, partitionIndex) => ({
      partitionIndex,
      leaderId: log.leader,
      leaderEpoch: log.leaderEpoch,
      replicaNodes: log.replicas,
      isrNodes: log.replicas,
    })),
    topicAuthorizedOperations,
  }
}

/** A topic that is asked for twice is told of once: in the answer names are keys. */
function unique(refs: readonly TopicRef[]): TopicRef[] {
  const byKey = new Map(refs.map((ref) => [ref.name === null ? `id ${ref.topicId}` : `name ${ref.name}`, ref]))
  return [...byKey.values()]
}
