/**
 * TxnOffsetCommit: offsets that are committed when the transaction is. From v5 on the group takes part in it without
 * AddOffsetsToTxn (KIP-890). By topic name, since v6 by topic id.
 */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { partitionKey } from '../assignors.ts'
import { OFFSETS_TOPIC, offsetsPartition } from '../offsets.ts'
import type { Topic } from '../topics.ts'
import { asLeader } from '../txn-errors.ts'

interface Partition {
  readonly partitionIndex: number
  readonly committedOffset: number | bigint
  readonly committedLeaderEpoch?: number
  readonly committedMetadata: string | null
}

interface Request {
  readonly transactionalId: string
  readonly groupId: string
  readonly producerId: number | bigint
  readonly producerEpoch: number
  /** v3+ (KIP-447) */
  readonly generationIdOrMemberEpoch?: number
  readonly memberId?: string
  readonly groupInstanceId?: string | null
  readonly topics: readonly {
    readonly name?: string
    readonly topicId?: string
    readonly partitions: readonly Partition[]
  }[]
}

const FIRST_ABORTABLE = 4
const FIRST_ADDING = 5

export const txnOffsetCommit: Handler<Request> = {
  apiKey: 28,
  versions: [0, 6],
  handle(request, context): Answer {
    const noGroup = request.groupId === '' ? errorCode('INVALID_GROUP_ID') : 0
    const refused = noGroup || txnProblem(request, context) || groupProblem(request, context)
    return {
      topics: request.topics.map(({ name, topicId, partitions }) => {
        const topic = context.broker.topics.find({ name, topicId })
        const missing = errorCode(topicId !== undefined && !topic ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION')
        return {
          name,
          topicId,
          partitions: partitions.map((partition) => ({
            partitionIndex: partition.partitionIndex,
            errorCode: topic?.partitions[partition.partitionIndex]
              ? refused || commit(request, topic, partition, context)
              : missing,
          })),
        }
      }),
    }
  },
}

/** Returns an error code. */
function groupProblem(request: Request, { broker, version }: Context): number {
  const problem = broker.coordinator.commitProblem({
    groupId: request.groupId,
    memberId: request.memberId ?? '',
    instanceId: request.groupInstanceId ?? null,
    epoch: request.generationIdOrMemberEpoch ?? -1,
    version,
    partitions: request.topics.flatMap(({ name, topicId, partitions }) => {
      const topic = broker.topics.find({ name, topicId })
      return partitions.map(({ partitionIndex }) => (topic ? partitionKey(topic.id, partitionIndex) : null))
    }),
    inTransaction: true,
  })
  // Its clients know of generations only (OffsetMetadataManager of Apache Kafka).
  return problem === errorCode('STALE_MEMBER_EPOCH') ? errorCode('ILLEGAL_GENERATION') : problem
}

/** The group's partition of `__consumer_offsets` must take part. Returns an error code. */
function txnProblem(request: Request, { broker, version }: Context): number {
  const { transactionalId: id, groupId, producerId, producerEpoch: epoch } = request
  const who = { producerId, epoch }
  const index = offsetsPartition(groupId)
  const error =
    version >= FIRST_ADDING
      ? broker.transactions.add(id, who, new Map([[OFFSETS_TOPIC, new Set([index])]]), 2)
      : broker.transactions.verify(id, who, OFFSETS_TOPIC, index)
  return asLeader(error, version >= FIRST_ABORTABLE)
}

/** Returns an error code. */
function commit(request: Request, topic: Topic, partition: Partition, { broker }: Context): number {
  const { offsets, options } = broker
  const metadata = partition.committedMetadata ?? ''
  if (metadata.length > options.offsetMetadataMaxBytes) return errorCode('OFFSET_METADATA_TOO_LARGE')
  if (offsets.count >= options.maxOffsets) return errorCode('COORDINATOR_NOT_AVAILABLE')
  offsets.commitLater(request.producerId, request.groupId, topic.name, partition.partitionIndex, {
    offset: partition.committedOffset,
    leaderEpoch: partition.committedLeaderEpoch ?? -1,
    metadata,
  })
  return 0
}
