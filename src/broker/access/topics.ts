/** What requests about topics and their configuration need (KafkaApis and ControllerApis of Apache Kafka). */
import { CLUSTER_NAME, OPERATION, RESOURCE_TYPE } from '../../../dissectors/acls.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import { NOT_ASKED } from '../operations.ts'
import { repeated } from '../repeated.ts'
import { RESOURCE } from '../resources.ts'
import { topicNameProblem } from '../topics.ts'
import { changed, failedTopic, items, numbers, text, type Value } from '../values.ts'
import { allowedBits, mayMakeTopic, mayOnCluster, mayOnGroup, mayOnTopic } from './access.ts'
import {
  type Asking,
  all,
  CLUSTER_FAILED,
  each,
  failure,
  GROUP_FAILED,
  onCluster,
  type Rule,
  shown,
  shownEach,
  shownTopics,
  TOPIC_FAILED,
  topicProblem,
  withBits,
} from './rule.ts'

const { READ, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS } = OPERATION

const clusterBits: Rule = shown((answer, asking) => {
  const asked = answer.clusterAuthorizedOperations ?? NOT_ASKED
  if (asked === NOT_ASKED) return answer
  const bits = mayOnCluster(DESCRIBE, asking) ? allowedBits(asking.access, RESOURCE_TYPE.CLUSTER, CLUSTER_NAME) : 0
  return { ...answer, clusterAuthorizedOperations: bits }
})

const topicBits: Rule = shownEach('topics', (topic, asking) => {
  const name = text(topic.name) || asking.broker.topics.getById(text(topic.topicId))?.name
  if (topic.errorCode === TOPIC_FAILED || name === undefined) return topic
  return withBits(topic, 'topicAuthorizedOperations', RESOURCE_TYPE.TOPIC, name, asking)
})

function metadataProblem(ref: Value, asking: Asking, request: Value): number {
  const { broker } = asking
  if (ref.name === null) {
    const known = broker.topics.getById(text(ref.topicId))
    return known === undefined || mayOnTopic(DESCRIBE, known.name, asking) ? 0 : TOPIC_FAILED
  }
  const name = text(ref.name)
  if (!mayOnTopic(DESCRIBE, name, asking)) return TOPIC_FAILED
  const makes = broker.options.autoCreateTopics && (request.allowAutoTopicCreation ?? true) === true
  return broker.topics.get(name) || !makes || mayMakeTopic(name, asking) ? 0 : TOPIC_FAILED
}

const named: Rule = each({
  field: 'topics',
  answers: 'topics',
  problem: metadataProblem,
  refuse: (error, { name, topicId }) =>
    name === null ? { errorCode: error, name: null, topicId: text(topicId) } : { errorCode: error, name: text(name) },
})

/** All topics: those that may be seen. Named ones: all, the others with an error. */
const metadata: Rule = (request, asking, ask) => {
  const topics = request.topics === null ? [] : items(request.topics)
  if (topics.length === 0) return shownTopics()(request, asking, ask)
  const once = [...new Map(topics.map((ref) => [`${ref.name} ${ref.name === null ? ref.topicId : ''}`, ref])).values()]
  return named({ ...request, topics: once }, asking, (fine) =>
    // In v0 an empty list asked for all topics.
    changed(ask(fine), (answer) => (items(fine.topics).length === 0 ? { ...answer, topics: [] } : answer)),
  )
}

/** One page after the other of named topics: of none, nothing is asked. (Of all, the handler shows what may be seen.) */
const topicPartitions: Rule = (request, asking, ask) =>
  each({
    field: 'topics',
    answers: 'topics',
    problem: topicProblem(DESCRIBE),
    refuse: (error, { name }) => ({ errorCode: error, name: text(name), topicId: ZERO_UUID }),
  })(request, asking, (fine) => (fine !== request && items(fine.topics).length === 0 ? { topics: [] } : ask(fine)))

/** What is named twice is the handler's to tell of. */
const makeTopics: Rule = (request, asking, ask) => {
  const twice = repeated(items(request.topics).map(({ name }) => text(name)))
  const rule = each({
    field: 'topics',
    answers: 'topics',
    problem: ({ name }) => (mayMakeTopic(text(name), asking) || twice.has(text(name)) ? 0 : TOPIC_FAILED),
    refuse: (error, { name }) => ({
      name: text(name),
      errorCode: error,
      errorMessage: 'Authorization failed.',
      numPartitions: -1,
      replicationFactor: -1,
    }),
  })
  return rule(request, asking, ask)
}

const createTopics: Rule = all(
  makeTopics,
  shownEach('topics', (topic, asking) => {
    const { name, topicId, errorCode: error = 0, errorMessage = null } = topic
    if (error !== 0 || mayOnTopic(DESCRIBE_CONFIGS, text(name), asking)) return topic
    const hidden = { topicConfigErrorCode: TOPIC_FAILED, numPartitions: -1, replicationFactor: -1 }
    return { name: text(name), topicId: topicId ?? ZERO_UUID, errorMessage, ...hidden }
  }),
)

/** By name or by id. Who may not describe a topic is not told its name. */
const deleteTopics: Rule = (request, asking, ask) => {
  const field = request.topics === undefined ? 'topicNames' : 'topics'
  const nameOf = (item: unknown): string | null =>
    field === 'topicNames' ? text(item) : (item as Value).name === null ? null : text((item as Value).name)
  const keyOf = (item: Value): string => (nameOf(item) === null ? `id ${text(item.topicId)}` : `name ${nameOf(item)}`)
  const repeats = repeated(items(request[field]).map(keyOf))
  const rule = each({
    field,
    answers: 'responses',
    problem(item) {
      const name = nameOf(item) ?? asking.broker.topics.getById(text(item.topicId))?.name
      const sound = nameOf(item) === null || field === 'topicNames' || item.topicId === ZERO_UUID
      if (name === undefined || !sound || repeats.has(keyOf(item)) || mayOnCluster(DELETE, asking)) return 0
      if (!mayOnTopic(DESCRIBE, name, asking)) return TOPIC_FAILED
      // A topic that is not there is the handler's to tell of.
      return mayOnTopic(DELETE, name, asking) || !asking.broker.topics.get(name) ? 0 : TOPIC_FAILED
    },
    refuse(error, item) {
      const known = nameOf(item)
      const topic = asking.broker.topics.getById(text(item.topicId))
      const seen = topic && mayOnTopic(DESCRIBE, topic.name, asking) ? topic.name : null
      const topicId = field === 'topicNames' ? ZERO_UUID : text(item.topicId)
      return { ...failure(error), name: known ?? seen, topicId }
    },
  })
  return rule(request, asking, ask)
}

const deleteRecords: Rule = each({
  field: 'topics',
  answers: 'topics',
  problem: topicProblem(DELETE),
  refuse: (error, topic) => failedTopic(error, topic, { lowWatermark: -1 }),
})

const createPartitions: Rule = each({
  field: 'topics',
  answers: 'results',
  problem: topicProblem(ALTER),
  refuse: (error, { name }) => ({ name: text(name), errorCode: error, errorMessage: null }),
})

const producers: Rule = each({
  field: 'topics',
  answers: 'topics',
  problem: (topic, asking, request) =>
    topicNameProblem(text(topic.name)) ? 0 : topicProblem(READ)(topic, asking, request),
  refuse: (error, topic) => failedTopic(error, topic, { ...failure(error), activeProducers: [] }),
})

/** Of topics and groups by their names; all else is the cluster's. Types that are unknown are the handler's. */
function configProblem(operation: number): (item: Value, asking: Asking) => number {
  return ({ resourceType, resourceName }, asking) => {
    const name = text(resourceName)
    switch (resourceType) {
      case RESOURCE.topic:
        return mayOnTopic(operation, name, asking) ? 0 : TOPIC_FAILED
      case RESOURCE.group:
        return mayOnGroup(operation, name, asking) ? 0 : GROUP_FAILED
      case RESOURCE.broker:
      case RESOURCE.logger:
      case RESOURCE.metrics:
        return mayOnCluster(operation, asking) ? 0 : CLUSTER_FAILED
      default:
        return 0
    }
  }
}

const configs = (operation: number, answers: string): Rule =>
  each({
    field: 'resources',
    answers,
    problem: configProblem(operation),
    refuse: (error, { resourceType, resourceName }) => ({
      ...failure(error),
      resourceType: Number(resourceType),
      resourceName: text(resourceName),
    }),
  })

const alterLogDirs: Rule = onCluster(ALTER, (error, { dirs }) => ({
  results: items(dirs).flatMap(({ topics }) =>
    items(topics).map(({ name, partitions }) => ({
      topicName: text(name),
      partitions: numbers(partitions).map((partitionIndex) => ({ partitionIndex, errorCode: error })),
    })),
  ),
}))

const electLeaders: Rule = onCluster(ALTER, (error, { topicPartitions }) => ({
  errorCode: error,
  replicaElectionResults: items(topicPartitions).map(({ topic, partitions }) => ({
    topic: text(topic),
    partitionResult: numbers(partitions).map((partitionId) => ({ partitionId, ...failure(error) })),
  })),
}))

const reassign: Rule = onCluster(ALTER, (error, { topics }) => ({
  ...failure(error),
  responses: items(topics).map((topic) => failedTopic(error, topic, failure(error))),
}))

export const TOPIC_RULES: readonly (readonly [apiKey: number, rule: Rule])[] = [
  [3, all(clusterBits, topicBits, metadata)],
  [19, createTopics],
  [20, deleteTopics],
  [21, deleteRecords],
  [32, configs(DESCRIBE_CONFIGS, 'results')],
  [33, configs(ALTER_CONFIGS, 'responses')],
  [44, configs(ALTER_CONFIGS, 'responses')],
  [34, alterLogDirs],
  [35, onCluster(DESCRIBE, (error) => ({ errorCode: error, results: [] }))],
  [37, createPartitions],
  [43, electLeaders],
  [45, reassign],
  [46, onCluster(DESCRIBE, (error) => ({ ...failure(error), topics: [] }))],
  [60, clusterBits],
  [61, producers],
  [75, all(topicBits, topicPartitions)],
]
