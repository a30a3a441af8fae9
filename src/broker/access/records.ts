/** What requests that write and read records and offsets of topics need (KafkaApis of Apache Kafka). Fetch asks itself. */
import { OPERATION } from '../../../dissectors/acls.ts'
import { TRANSACTIONAL } from '../../../dissectors/records/format.ts'
import { batchHeader } from '../../../dissectors/records/header.ts'
import { failedTopic, items, text, type Value } from '../values.ts'
import { mayOnCluster, mayOnTransaction } from './access.ts'
import { all, each, messageOf, type Rule, TRANSACTION_FAILED, topicProblem, whole } from './rule.ts'

const { WRITE, DESCRIBE, CLUSTER_ACTION } = OPERATION

const NOT_PRODUCED = { baseOffset: -1, logAppendTimeMs: -1, logStartOffset: -1 }

const produced =
  (error: number, message: string | null) =>
  ({ name, topicId, partitionData }: Value) => ({
    ...(name !== undefined && { name: text(name) }),
    ...(topicId !== undefined && { topicId: text(topicId) }),
    partitionResponses: items(partitionData).map(({ index }) => ({
      index: Number(index),
      errorCode: error,
      errorMessage: message,
      ...NOT_PRODUCED,
    })),
  })

/** Whether the first batch of any partition is one of a transaction: all of a request are, or none. */
const isTransactional = (request: Value): boolean =>
  items(request.topicData).some(({ partitionData }) =>
    items(partitionData).some(({ records }) => {
      const header = records instanceof Uint8Array ? batchHeader(records, 0) : null
      return header?.magic === 2 && (header.attributes & TRANSACTIONAL) !== 0
    }),
  )

const produce: Rule = all(
  whole(
    (request, asking) => {
      if (!isTransactional(request)) return 0
      const id = request.transactionalId
      const may = typeof id === 'string' && mayOnTransaction(WRITE, id, asking)
      return may ? 0 : TRANSACTION_FAILED
    },
    (error, { acks, topicData }) =>
      acks === 0 ? 'close' : { responses: items(topicData).map(produced(error, messageOf(error))) },
  ),
  each({
    field: 'topicData',
    answers: 'responses',
    problem: topicProblem(WRITE),
    refuse: (error, topic) => produced(error, null)(topic),
  }),
)

const listOffsets: Rule = each({
  field: 'topics',
  answers: 'topics',
  problem: topicProblem(DESCRIBE),
  refuse: (error, topic) => failedTopic(error, topic, { timestamp: -1, offset: -1, leaderEpoch: -1 }),
})

/** Followers ask too: whoever may act as a broker may. */
const epochEnds: Rule = each({
  field: 'topics',
  answers: 'topics',
  problem: (item, asking, request) =>
    mayOnCluster(CLUSTER_ACTION, asking) ? 0 : topicProblem(DESCRIBE, 'topic')(item, asking, request),
  refuse: (error, { topic, partitions }) => ({
    topic: text(topic),
    partitions: items(partitions).map(({ partition }) => ({ partition: Number(partition), errorCode: error })),
  }),
})

export const RECORD_RULES: readonly (readonly [apiKey: number, rule: Rule])[] = [
  [0, produce],
  [2, listOffsets],
  [23, epochEnds],
]
