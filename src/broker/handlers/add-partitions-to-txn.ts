/**
 * AddPartitionsToTxn: one transaction up to v3, for clients; many since v4, for brokers, which may also just ask
 * whether partitions take part (KIP-890).
 */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { OFFSETS_PARTITIONS, OFFSETS_TOPIC } from '../offsets.ts'
import { fencedAs } from '../txn-errors.ts'

interface TopicRef {
  readonly name: string
  readonly partitions: readonly number[]
}

interface Txn {
  readonly transactionalId: string
  readonly producerId: number | bigint
  readonly producerEpoch: number
  readonly verifyOnly?: boolean
  readonly topics: readonly TopicRef[]
}

interface Request {
  readonly v3AndBelowTransactionalId?: string
  readonly v3AndBelowProducerId?: number | bigint
  readonly v3AndBelowProducerEpoch?: number
  readonly v3AndBelowTopics?: readonly TopicRef[]
  readonly transactions?: readonly Txn[]
}

const FIRST_FENCED = 2
/** Brokers that send v5 and up know of transaction.version 2. */
const FIRST_OF_VERSION_2 = 5

export const addPartitionsToTxn: Handler<Request> = {
  apiKey: 24,
  versions: [0, 5],
  handle(request, context): Answer {
    if (!request.transactions) {
      const results = addTo(
        {
          transactionalId: request.v3AndBelowTransactionalId ?? '',
          producerId: request.v3AndBelowProducerId ?? -1,
          producerEpoch: request.v3AndBelowProducerEpoch ?? -1,
          topics: request.v3AndBelowTopics ?? [],
        },
        context,
      )
      return { resultsByTopicV3AndBelow: results }
    }
    const once = new Map(request.transactions.map((txn) => [txn.transactionalId, txn]))
    return {
      resultsByTransaction: [...once.values()].map((txn) => ({
        transactionalId: txn.transactionalId,
        topicResults: txn.verifyOnly ? verifyIn(txn, context) : addTo(txn, context),
      })),
    }
  },
}

/** Of every partition of a transaction an error code. */
const resultsOf = ({ topics }: Txn, errorOf: (topic: string, partition: number) => number): Answer[] =>
  topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: errorOf(name, partitionIndex),
    })),
  }))

function addTo(txn: Txn, { broker, version }: Context): Answer[] {
  const missing = (topic: string, partition: number): boolean =>
    topic === OFFSETS_TOPIC
      ? partition < 0 || partition >= OFFSETS_PARTITIONS
      : !broker.topics.get(topic)?.partitions[partition]
  if (txn.topics.some(({ name, partitions }) => partitions.some((partition) => missing(name, partition)))) {
    return resultsOf(txn, (topic, partition) =>
      errorCode(missing(topic, partition) ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'OPERATION_NOT_ATTEMPTED'),
    )
  }
  const partitions = new Map(txn.topics.map(({ name, partitions }) => [name, new Set(partitions)]))
  const who = { producerId: txn.producerId, epoch: txn.producerEpoch }
  const txnVersion = version >= FIRST_OF_VERSION_2 ? 2 : 0
  const error = broker.transactions.add(txn.transactionalId, who, partitions, txnVersion)
  return resultsOf(txn, () => fencedAs(error, version, FIRST_FENCED))
}

function verifyIn(txn: Txn, { broker }: Context): Answer[] {
  const who = { producerId: txn.producerId, epoch: txn.producerEpoch }
  return resultsOf(txn, (topic, partition) => broker.transactions.verify(txn.transactionalId, who, topic, partition))
}
