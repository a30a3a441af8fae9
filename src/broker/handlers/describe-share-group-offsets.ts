/** DescribeShareGroupOffsets (KIP-932): where share groups have come to; -1 where they have not begun. */
import { errorCode } from '../../../dissectors/errors.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { partitionKey } from '../assignors.ts'
import type { ShareGroup } from '../share-groups.ts'
import { namedPartitions } from '../topic-partitions.ts'

interface Wanted {
  readonly topicName: string
  readonly partitions: readonly number[]
}

interface Request {
  readonly groups: readonly { readonly groupId: string; readonly topics: readonly Wanted[] | null }[]
}

export const describeShareGroupOffsets: Handler<Request> = {
  apiKey: 90,
  versions: [0, 1],
  handle({ groups }, context) {
    const once = [...new Map(groups.map((group) => [group.groupId, group])).values()]
    return { groups: once.map(({ groupId, topics }) => describe(groupId, topics, context)) }
  },
}

function describe(groupId: string, topics: readonly Wanted[] | null, context: Context): Answer {
  const { coordinator } = context.broker
  // Of a group that is none Apache Kafka says what it says of one that has not begun.
  const group = coordinator.share.get(groupId) ?? null
  return { groupId, topics: (topics ?? known(group, context)).map((wanted) => describeTopic(group, wanted, context)) }
}

/** All that the group has begun to read. */
const known = (group: ShareGroup | null, { broker }: Context): Wanted[] =>
  namedPartitions(group?.partitions.keys() ?? [], broker.topics)

function describeTopic(group: ShareGroup | null, { topicName, partitions }: Wanted, { broker }: Context): Answer {
  const topic = broker.topics.get(topicName)
  return {
    topicName,
    topicId: topic?.id ?? ZERO_UUID,
    partitions: partitions.map((partitionIndex) => {
      const log = topic?.partitions[partitionIndex]
      if (!topic || !log) {
        const errorMessage = 'This server does not host this topic-partition.'
        const error = errorCode('UNKNOWN_TOPIC_OR_PARTITION')
        return { partitionIndex, startOffset: -1, errorCode: error, errorMessage }
      }
      const state = group?.partitions.get(partitionKey(topic.id, partitionIndex))
      if (!state) return { partitionIndex, startOffset: -1 }
      const lag = Math.max(0, log.endOffset - state.startOffset - state.doneCount)
      return { partitionIndex, startOffset: state.startOffset, leaderEpoch: log.leaderEpoch, lag }
    }),
  }
}
