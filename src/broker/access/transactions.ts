/** What requests about transactions need (KafkaApis of Apache Kafka). */
import { OPERATION, RESOURCE_TYPE } from '../../../dissectors/acls.ts'
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer } from '../api.ts'
import { guardKeys } from '../coordinated.ts'
import { ofGroups } from './groups.ts'
import {
  type Asking,
  all,
  CLUSTER_FAILED,
  each,
  GROUP_FAILED,
  items,
  mayOnCluster,
  mayOnTopic,
  onCluster,
  type Rule,
  shownEach,
  TOPIC_FAILED,
  TRANSACTION_FAILED,
  text,
  topicProblem,
  type Value,
  whole,
} from './rule.ts'

const { READ, WRITE, ALTER, DESCRIBE, CLUSTER_ACTION, IDEMPOTENT_WRITE, TWO_PHASE_COMMIT } = OPERATION

const mayOnTransaction = (operation: number, id: string, { access }: Asking): boolean =>
  access.may(operation, RESOURCE_TYPE.TRANSACTIONAL_ID, id)

/** Of all transactional ids that a request names: refused as a node refuses those that it does not coordinate. */
const ofTransactions =
  (apiKey: number, operation: number): Rule =>
  (request, asking, ask) =>
    guardKeys(
      apiKey,
      asking.version,
      request,
      (_kind, key) => (mayOnTransaction(operation, key, asking) ? 0 : TRANSACTION_FAILED),
      (body) => ask(body as Value),
    )

const initProducerId: Rule = whole(
  ({ transactionalId: id, enable2Pc }, asking) => {
    const { access } = asking
    if (typeof id === 'string') {
      const may = mayOnTransaction(WRITE, id, asking)
      return may && (enable2Pc !== true || mayOnTransaction(TWO_PHASE_COMMIT, id, asking)) ? 0 : TRANSACTION_FAILED
    }
    // KIP-679: whoever may write to any topic may do so idempotently.
    const may = mayOnCluster(IDEMPOTENT_WRITE, asking) || access.mayAny(WRITE, RESOURCE_TYPE.TOPIC)
    return may ? 0 : CLUSTER_FAILED
  },
  (error) => ({ errorCode: error, producerId: -1, producerEpoch: -1 }),
)

/** From v4 on it is a broker that asks, for many clients that were asked for what they may. */
const FIRST_OF_BROKERS = 4

/** All partitions are added, or none: those that could be are told that it was not tried. */
const addPartitions: Rule = (request, asking, ask) => {
  if (asking.version >= FIRST_OF_BROKERS) return onCluster(CLUSTER_ACTION)(request, asking, ask)
  return ofTransactions(24, WRITE)(request, asking, (fine) => {
    const topics = items(fine.v3AndBelowTopics)
    if (topics.every(({ name }) => mayOnTopic(WRITE, text(name), asking))) return ask(fine)
    const errorOf = (name: string, partition: number): number => {
      if (!mayOnTopic(WRITE, name, asking)) return TOPIC_FAILED
      const there = asking.broker.topics.get(name)?.partitions[partition]
      return errorCode(there ? 'OPERATION_NOT_ATTEMPTED' : 'UNKNOWN_TOPIC_OR_PARTITION')
    }
    return {
      resultsByTopicV3AndBelow: topics.map(({ name, partitions }) => ({
        name: text(name),
        resultsByPartition: (Array.isArray(partitions) ? partitions : []).map((index: unknown) => ({
          partitionIndex: Number(index),
          partitionErrorCode: errorOf(text(name), Number(index)),
        })),
      })),
    }
  })
}

const groupToo: Rule = whole(({ groupId }, { access }) =>
  access.may(READ, RESOURCE_TYPE.GROUP, text(groupId)) ? 0 : GROUP_FAILED,
)

const errorOfAll = (error: number, topics: unknown): Answer => ({
  topics: items(topics).map(({ name, topicId, partitions }) => ({
    ...(name !== undefined && { name: text(name) }),
    ...(topicId !== undefined && { topicId: text(topicId) }),
    partitions: items(partitions).map(({ partitionIndex }) => ({
      partitionIndex: Number(partitionIndex),
      errorCode: error,
    })),
  })),
})

const offsetCommit: Rule = all(
  whole(
    ({ transactionalId }, asking) => (mayOnTransaction(WRITE, text(transactionalId), asking) ? 0 : TRANSACTION_FAILED),
    (error, { topics }) => errorOfAll(error, topics),
  ),
  ofGroups(28, READ),
  each({
    field: 'topics',
    answers: 'topics',
    problem: topicProblem(READ),
    refuse: (error, topic) => (items(errorOfAll(error, [topic]).topics) as Answer[])[0]!,
  }),
)

/** A coordinator writes them, or an administrator who ends a transaction that hangs. */
const writeMarkers: Rule = whole(
  (_request, asking) => (mayOnCluster(ALTER, asking) || mayOnCluster(CLUSTER_ACTION, asking) ? 0 : CLUSTER_FAILED),
  (error, { markers }) => ({
    markers: items(markers).map(({ producerId, topics }) => ({
      producerId: producerId as number | bigint,
      topics: items(topics).map(({ name, partitionIndexes }) => ({
        name: text(name),
        partitions: (Array.isArray(partitionIndexes) ? partitionIndexes : []).map((index: unknown) => ({
          partitionIndex: Number(index),
          errorCode: error,
        })),
      })),
    })),
  }),
)

export const TRANSACTION_RULES: readonly (readonly [apiKey: number, rule: Rule])[] = [
  [22, initProducerId],
  [24, addPartitions],
  [25, all(ofTransactions(25, WRITE), groupToo)],
  [26, ofTransactions(26, WRITE)],
  [27, writeMarkers],
  [28, offsetCommit],
  [
    65,
    all(
      ofTransactions(65, DESCRIBE),
      shownEach('transactionStates', (state, asking) => ({
        ...state,
        topics: (items(state.topics) as Answer[]).filter(({ topic }) => mayOnTopic(DESCRIBE, text(topic), asking)),
      })),
    ),
  ],
  [
    66,
    shownEach('transactionStates', (state, asking) =>
      mayOnTransaction(DESCRIBE, text(state.transactionalId), asking) ? state : null,
    ),
  ],
]
