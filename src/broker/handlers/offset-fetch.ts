/**
 * OffsetFetch: one group up to v7, then many (KIP-709); since v10 by topic id. Null topics ask for all that the group
 * has committed. What was never committed has offset -1 and no error.
 */
import { errorCode } from '../../../dissectors/errors.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import type { Answer, Context, Handler } from '../api.ts'
import type { CommittedOffset } from '../offsets.ts'

interface TopicRef {
  readonly name?: string
  readonly topicId?: string
  readonly partitionIndexes: readonly number[]
}

interface Request {
  /** v7+ (KIP-447): offsets that a transaction is about to change are not told. */
  readonly requireStable?: boolean
  readonly groupId?: string
  readonly topics?: readonly TopicRef[] | null
  readonly groups?: readonly {
    readonly groupId: string
    /** v9+ (KIP-848): who asks. */
    readonly memberId?: string | null
    readonly memberEpoch?: number
    readonly topics: readonly TopicRef[] | null
  }[]
}

/** The tables have the answers of v7 and of v8 as different structs: a topic id is unknown to the first. */
const FIRST_BY_ID = 10

export const offsetFetch: Handler<Request> = {
  apiKey: 9,
  versions: [0, 10],
  handle(request, context) {
    const stable = request.requireStable ?? false
    if (!request.groups) return fetchGroup(request.groupId ?? '', request.topics ?? null, stable, context)
    return {
      // Once each, however often asked for: else a small request had a huge answer.
      groups: [...new Map(request.groups.map((group) => [group.groupId, group])).values()].map(
        ({ groupId, memberId = null, memberEpoch = -1, topics }) => {
          const group = context.broker.coordinator.epochGroup(groupId)
          const refused = group?.fetchProblem(memberId, memberEpoch) ?? 0
          if (refused !== 0) return { groupId, errorCode: refused }
          return { groupId, ...fetchGroup(groupId, topics, stable, context) }
        },
      ),
    }
  },
}

function fetchGroup(groupId: string, topics: readonly TopicRef[] | null, stable: boolean, context: Context): Answer {
  const { broker } = context
  if (topics !== null) return { topics: topics.map((ref) => fetchTopic(groupId, ref, stable, context)) }
  const all = [...broker.offsets.topicsOf(groupId)].map(([name, partitions]) => ({
    name,
    ...(context.version >= FIRST_BY_ID && { topicId: broker.topics.get(name)?.id ?? ZERO_UUID }),
    partitions: [...partitions].map(([index, committed]) =>
      stable && broker.offsets.isUnstable(groupId, name, index) ? unstable(index) : entry(index, committed, 0),
    ),
  }))
  return { topics: all }
}

function fetchTopic(groupId: string, ref: TopicRef, stable: boolean, { broker }: Context): Answer {
  const { name, topicId, partitionIndexes } = ref
  const topic = broker.topics.find({ name, topicId })
  const unknown = topicId !== undefined && !topic ? errorCode('UNKNOWN_TOPIC_ID') : 0
  return {
    ...(topicId === undefined ? { name } : { topicId }),
    partitions: partitionIndexes.map((index) =>
      stable && topic && broker.offsets.isUnstable(groupId, topic.name, index)
        ? unstable(index)
        : entry(index, topic && broker.offsets.get(groupId, topic.name, index), unknown),
    ),
  }
}

const unstable = (partitionIndex: number): Answer =>
  entry(partitionIndex, undefined, errorCode('UNSTABLE_OFFSET_COMMIT'))

const entry = (partitionIndex: number, committed: CommittedOffset | undefined, errorCode: number): Answer => ({
  partitionIndex,
  committedOffset: committed?.offset ?? -1,
  committedLeaderEpoch: committed?.leaderEpoch ?? -1,
  metadata: committed?.metadata ?? '',
  errorCode,
})
