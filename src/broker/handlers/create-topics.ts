/** CreateTopics: with as many replicas as there are nodes, at most. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import type { Cluster } from '../cluster.ts'
import { topicConfig } from '../configs.ts'
import { repeated } from '../repeated.ts'
import { configProblem, conflictProblem, TOPIC_CONFIGS } from '../topic-configs.ts'
import { topicNameProblem } from '../topics.ts'

interface NewTopic {
  readonly name: string
  readonly numPartitions: number
  readonly replicationFactor: number
  readonly assignments: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[]
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

interface Request {
  readonly topics: readonly NewTopic[]
  readonly validateOnly?: boolean
}

export const createTopics: Handler<Request> = {
  apiKey: 19,
  versions: [0, 7],
  handle(request, context) {
    const twice = repeated(request.topics.map((topic) => topic.name))
    const topics = [...new Map(request.topics.map((topic) => [topic.name, topic])).values()]
    return {
      topics: topics.map((topic) =>
        twice.has(topic.name)
          ? failed(topic.name, 'INVALID_REQUEST', 'The topic is in the request more than once.')
          : create(topic, request.validateOnly ?? false, context),
      ),
    }
  },
}

function create(wanted: NewTopic, validateOnly: boolean, { broker }: Context): Answer {
  const { name, assignments } = wanted
  const partitions =
    assignments.length > 0
      ? assignments.length
      : wanted.numPartitions === -1
        ? broker.options.numPartitions
        : wanted.numPartitions
  const problem =
    nameProblem(name, broker.topics.get(name) !== undefined) ?? shapeProblem(wanted, partitions, broker.cluster)
  if (problem) return failed(name, ...problem)
  if (!broker.hasRoom(partitions)) {
    return failed(name, 'POLICY_VIOLATION', `This broker holds at most ${broker.options.maxPartitions} partitions.`)
  }
  const configs = new Map<string, string>()
  for (const { name: key, value } of wanted.configs) {
    const wrong = configProblem(key, value)
    if (wrong !== null) return failed(name, 'INVALID_CONFIG', wrong)
    configs.set(key, value!)
  }
  const conflict = conflictProblem(configs)
  if (conflict !== null) return failed(name, 'INVALID_CONFIG', conflict)
  const replicationFactor = assignments[0]?.brokerIds.length ?? Math.max(1, wanted.replicationFactor)
  const placed = [...assignments].sort((a, b) => a.partitionIndex - b.partitionIndex).map((each) => each.brokerIds)
  const placement = { replicationFactor, assignments: placed }
  // Where nothing is made Apache Kafka tells an id too, of a topic that never comes.
  const topicId = validateOnly ? broker.topics.newId() : broker.topics.create(name, partitions, configs, placement).id
  return {
    name,
    topicId,
    errorMessage: null,
    numPartitions: partitions,
    replicationFactor,
    configs: TOPIC_CONFIGS.map((config) => topicConfig(config, configs)),
  }
}

type Problem = [error: string, message: string]

function nameProblem(name: string, exists: boolean): Problem | null {
  const problem = topicNameProblem(name)
  if (problem) return ['INVALID_TOPIC_EXCEPTION', `Topic name is invalid: ${problem}.`]
  return exists ? ['TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`] : null
}

function shapeProblem(wanted: NewTopic, partitions: number, cluster: Cluster): Problem | null {
  const { assignments, numPartitions, replicationFactor } = wanted
  if (assignments.length > 0) {
    if (numPartitions !== -1 || replicationFactor !== -1) {
      return ['INVALID_REQUEST', 'With assignments, numPartitions and replicationFactor must be -1.']
    }
    const indexes = new Set(assignments.map((assignment) => assignment.partitionIndex))
    const sound =
      indexes.size === assignments.length &&
      assignments.every(({ partitionIndex: i }) => i >= 0 && i < assignments.length)
    if (!sound) return ['INVALID_REPLICA_ASSIGNMENT', 'Partitions must be numbered from 0 on.']
    for (const { brokerIds } of assignments) {
      const problem = cluster.assignmentProblem(brokerIds)
      if (problem) return ['INVALID_REPLICA_ASSIGNMENT', problem]
    }
    return null
  }
  if (partitions < 1) return ['INVALID_PARTITIONS', 'Number of partitions must be larger than 0, or -1.']
  const nodes = cluster.nodes.length
  if (replicationFactor !== -1 && (replicationFactor < 1 || replicationFactor > nodes)) {
    return ['INVALID_REPLICATION_FACTOR', `Replication factor must be 1 to ${nodes}, the number of brokers, or -1.`]
  }
  return null
}

/** What is not known of a topic that was not made is -1, and empty. */
const failed = (name: string, error: string, errorMessage: string): Answer => ({
  name,
  errorCode: errorCode(error),
  errorMessage,
  numPartitions: -1,
  replicationFactor: -1,
})
