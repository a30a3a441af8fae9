/** CreateTopics: one replica is all that a cluster of one node can hold. */
import { errorCode } from '../../../dissectors/errors.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { NODE_ID } from '../broker.ts'
import { configProblem, TOPIC_CONFIGS, topicConfig } from '../configs.ts'
import { repeated } from '../repeated.ts'
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
  const problem = nameProblem(name, broker.topics.get(name) !== undefined) ?? shapeProblem(wanted, partitions)
  if (problem) return failed(name, ...problem)
  if (broker.topics.partitionCount + partitions > broker.options.maxPartitions) {
    return failed(name, 'POLICY_VIOLATION', `This broker holds at most ${broker.options.maxPartitions} partitions.`)
  }
  const configs = new Map<string, string>()
  for (const { name: key, value } of wanted.configs) {
    const wrong = configProblem(key, value)
    if (wrong !== null) return failed(name, 'INVALID_CONFIG', wrong)
    configs.set(key, value!)
  }
  const topicId = validateOnly ? ZERO_UUID : broker.topics.create(name, partitions, configs).id
  return {
    name,
    topicId,
    errorMessage: null,
    numPartitions: partitions,
    replicationFactor: 1,
    configs: TOPIC_CONFIGS.map((config) => topicConfig(config, configs)),
  }
}

type Problem = [error: string, message: string]

function nameProblem(name: string, exists: boolean): Problem | null {
  const problem = topicNameProblem(name)
  if (problem) return ['INVALID_TOPIC_EXCEPTION', `Topic name is invalid: ${problem}.`]
  return exists ? ['TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`] : null
}

function shapeProblem(wanted: NewTopic, partitions: number): Problem | null {
  const { assignments, numPartitions, replicationFactor } = wanted
  if (assignments.length > 0) {
    if (numPartitions !== -1 || replicationFactor !== -1) {
      return ['INVALID_REQUEST', 'With assignments, numPartitions and replicationFactor must be -1.']
    }
    const indexes = new Set(assignments.map((assignment) => assignment.partitionIndex))
    const sound =
      indexes.size === assignments.length &&
      assignments.every(
        ({ partitionIndex: i, brokerIds }) =>
          i >= 0 && i < assignments.length && brokerIds.length === 1 && brokerIds[0] === NODE_ID,
      )
    return sound
      ? null
      : ['INVALID_REPLICA_ASSIGNMENT', `Partitions from 0 on, each on node ${NODE_ID} only, are possible.`]
  }
  if (partitions < 1) return ['INVALID_PARTITIONS', 'Number of partitions must be larger than 0, or -1.']
  if (replicationFactor !== -1 && replicationFactor !== 1) {
    return ['INVALID_REPLICATION_FACTOR', 'Replication factor must be 1 (or -1): there is only one broker.']
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
