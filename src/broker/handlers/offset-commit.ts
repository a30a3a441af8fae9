/** OffsetCommit: by topic name, since v10 by topic id. v0 and v1 are kept like the later ones. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { partitionKey } from '../assignors.ts'
import type { Topic } from '../topics.ts'

interface Partition {
  readonly partitionIndex: number
  readonly committedOffset: number | bigint
  readonly committedLeaderEpoch?: number
  readonly committedMetadata: string | null
}

interface Request {
  readonly groupId: string
  readonly generationIdOrMemberEpoch?: number
  readonly memberId?: string
  readonly groupInstanceId?: string | null
  readonly topics: readonly {
    readonly name?: string
    readonly topicId?: string
    readonly partitions: readonly Partition[]
  }[]
}

export const offsetCommit: Handler<Request> = {
  apiKey: 8,
  versions: [0, 10],
  handle(request, context) {
    const { groupId, memberId = '', groupInstanceId = null, generationIdOrMemberEpoch = -1 } = request
    const { broker } = context
    const refused = broker.coordinator.commitProblem({
      groupId,
      memberId,
      instanceId: groupInstanceId,
      epoch: generationIdOrMemberEpoch,
      version: context.version,
      partitions: request.topics.flatMap(({ name, topicId, partitions }) => {
        const topic = broker.topics.find({ name, topicId })
        return partitions.map(({ partitionIndex }) => (topic ? partitionKey(topic.id, partitionIndex) : null))
      }),
    })
    return {
      topics: request.topics.map(({ name, topicId, partitions }) => {
        const topic = broker.topics.find({ name, topicId })
        return {
          name,
          topicId,
          partitions: partitions.map((partition) => ({
            partitionIndex: partition.partitionIndex,
            errorCode: refused || commit(groupId, topic, topicId !== undefined, partition, context),
          })),
        } satisfies Answer
      }),
    }
  },
}

/** Returns an error code. */
function commit(
  group: string,
  topic: Topic | undefined,
  byId: boolean,
  partition: Partition,
  { broker }: Context,
): number {
  const { offsets, options } = broker
  if (!topic && byId) return errorCode('UNKNOWN_TOPIC_ID')
  if (!topic?.partitions[partition.partitionIndex]) return errorCode('UNKNOWN_TOPIC_OR_PARTITION')
  const metadata = partition.committedMetadata ?? ''
  if (metadata.length > options.offsetMetadataMaxBytes) return errorCode('OFFSET_METADATA_TOO_LARGE')
  if (offsets.count >= options.maxOffsets && !offsets.get(group, topic.name, partition.partitionIndex)) {
    return errorCode('COORDINATOR_NOT_AVAILABLE')
  }
  offsets.commit(group, topic.name, partition.partitionIndex, {
    offset: partition.committedOffset,
    leaderEpoch: partition.committedLeaderEpoch ?? -1,
    metadata,
  })
  return 0
}
