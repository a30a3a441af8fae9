/** DeleteShareGroupOffsets (KIP-932): a share group that nobody is in forgets topics. */
import { errorCode } from '../../../dissectors/errors.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { splitKey } from '../assignors.ts'
import type { ShareGroup } from '../share-groups.ts'
import { shareGroupProblem } from './alter-share-group-offsets.ts'

interface Request {
  readonly groupId: string
  readonly topics: readonly { readonly topicName: string }[]
}

export const deleteShareGroupOffsets: Handler<Request> = {
  apiKey: 92,
  versions: [0, 0],
  handle({ groupId, topics }, context) {
    const refused = shareGroupProblem(groupId, context, false)
    if (refused) return refused
    const group = context.broker.coordinator.share.get(groupId)!
    return { responses: topics.map(({ topicName }) => remove(group, topicName, context)) }
  },
}

function remove(group: ShareGroup, topicName: string, { broker }: Context): Answer {
  const topic = broker.topics.get(topicName)
  const fail = (errorMessage: string): Answer => ({
    topicName,
    topicId: ZERO_UUID,
    errorCode: errorCode('UNKNOWN_TOPIC_OR_PARTITION'),
    errorMessage,
  })
  if (!topic) return fail('This server does not host this topic-partition.')
  const keys = [...group.partitions.keys()].filter((key) => splitKey(key).topicId === topic.id)
  if (keys.length === 0) return fail('There is no offset information to delete.')
  for (const key of keys) {
    group.partitions.get(key)!.close()
    group.partitions.delete(key)
  }
  return { topicName, topicId: topic.id }
}
