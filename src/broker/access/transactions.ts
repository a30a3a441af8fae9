/** What requests about transactions need (KafkaApis of Apache Kafka). */
import { OPERATION, RESOURCE_TYPE } from '../../../dissectors/acls.ts'
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer } from '../api.ts'
import { failedTopic, failedTxnTopics, items, text } from '../values.ts'
import { mayOnCluster, mayOnGroup, mayOnTopic, mayOnTransaction } from './access.ts'
import {
  all,
  CLUSTER_FAILED,
  each,
  GROUP_FAILED,
  ofKeys,
  onCluster,
  type Rule,
  shownEach,
  TOPIC_FAILED,
  TRANSACTION_FAILED,
  topicProblem,
  whole,
} from './rule.ts'

const { READ, WRITE, ALTER, DESCRIBE, CLUSTER_ACTION, IDEMPOTENT_WRITE, TWO_PHASE_COMMIT } = OPERATION

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
  return ofKeys(WRITE)(request, asking, (fine) => {
    const topics = items(fine.v3AndBelowTopics)
    if (topics.every(({ name }) => mayOnTopic(WRITE, text(name), asking))) return ask(fine)
    const errorOf = (name: string, partition: number): number => {
      if (!mayOnTopic(WRITE, name, asking)) return TOPIC_FAILED
      const there = asking.broker.topics.get(name)?.partitions[partition]
      return errorCode(there ? 'OPERATION_NOT_ATTEMPTED' : 'UNKNOWN_TOPIC_OR_PARTITION')
    }
    return { resultsByTopicV3AndBelow: failedTxnTopics(topics, errorOf) }
  })
}

const groupToo: Rule = whole(({ groupId }, asking) => (mayOnGroup(READ, text(groupId), asking) ? 0 : GROUP_FAILED))

const offsetCommit: Rule = all(
  whole(
    ({ transactionalId }, asking) => (mayOnTransaction(WRITE, text(transactionalId), asking) ? 0 : TRANSACTION_FAILED),
    (error, { topics }) => ({ topics: items(topics).map((topic) => failedTopic(error, topic)) }),
  ),
  ofKeys(READ),
  each({
    field: 'topics',
    answers: 'topics',
    problem: topicProblem(READ),
    refuse: (error, topic) => failedTopic(error, topic),
  }),
)

/** A coordinator writes them, or an administrator who ends a transaction that hangs. */
const writeMarkers: Rule = whole(
  (_request, asking) => (mayOnCluster(ALTER, asking) || mayOnCluster(CLUSTER_ACTION, asking) ? 0 : CLUSTER_FAILED),
  (error, { markers }) => ({
    markers: items(markers).map(({ producerId, topics }) => ({
      producerId: producerId as number | bigint,
      topics: items(topics).map((topic) => failedTopic(error, topic)),
    })),
  }),
)

export const TRANSACTION_RULES: readonly (readonly [apiKey: number, rule: Rule])[] = [
  [22, initProducerId],
  [24, addPartitions],
  [25, all(ofKeys(WRITE), groupToo)],
  [26, ofKeys(WRITE)],
  [27, writeMarkers],
  [28, offsetCommit],
  [
    65,
    all(
      ofKeys(DESCRIBE),
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
