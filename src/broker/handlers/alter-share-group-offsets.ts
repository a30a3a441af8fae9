/** AlterShareGroupOffsets (KIP-932): a share group that nobody is in begins elsewhere. */
import { errorCode } from '../../../dissectors/errors.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import type { Answer, Context, Handler } from '../api.ts'
import type { ShareGroup } from '../share-groups.ts'
import { answerOr } from './consumer-group-heartbeat.ts'

interface WantedTopic {
  readonly topicName: string
  readonly partitions: readonly { readonly partitionIndex: number; readonly startOffset: number | bigint }[]
}

interface Request {
  readonly groupId: string
  readonly topics: readonly WantedTopic[]
}

export const alterShareGroupOffsets: Handler<Request> = {
  apiKey: 91,
  versions: [0, 0],
  handle: ({ groupId, topics }, context) =>
    answerOr(() => {
      const refused = shareGroupProblem(groupId, context, true)
      if (refused) return refused
      const { share } = context.broker.coordinator
      const group = share.get(groupId) ?? share.create(groupId)
      return { responses: topics.map((topic) => alter(group, topic, context)) }
    }),
}

/** Why offsets of this share group can't be changed; null where they can. */
export function shareGroupProblem(groupId: string, { broker }: Context, mayBeNew: boolean): Answer | null {
  const { coordinator } = broker
  const fail = (error: string, errorMessage: string): Answer => ({ errorCode: errorCode(error), errorMessage })
  if (groupId === '') return fail('INVALID_GROUP_ID', 'The group id is invalid.')
  const group = coordinator.share.get(groupId)
  if (group) return group.members.size > 0 ? fail('NON_EMPTY_GROUP', 'The group is not empty.') : null
  if (coordinator.typeOf(groupId) !== undefined) {
    return fail('GROUP_ID_NOT_FOUND', `Group ${groupId} is not a share group.`)
  }
  return mayBeNew ? null : fail('GROUP_ID_NOT_FOUND', `Group ${groupId} not found.`)
}

function alter(group: ShareGroup, { topicName, partitions }: WantedTopic, { broker }: Context): Answer {
  const topic = broker.topics.get(topicName)
  return {
    topicName,
    topicId: topic?.id ?? ZERO_UUID,
    partitions: partitions.map(({ partitionIndex, startOffset }) => {
      if (!topic?.partitions[partitionIndex]) {
        const errorMessage = 'This server does not host this topic-partition.'
        return { partitionIndex, errorCode: errorCode('UNKNOWN_TOPIC_OR_PARTITION'), errorMessage }
      }
      const start = Math.max(0, Number(startOffset))
      return { partitionIndex, errorCode: broker.coordinator.share.startAt(group, topic, partitionIndex, start) }
    }),
  }
}
