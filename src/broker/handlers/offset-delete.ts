/** OffsetDelete (KIP-496): of topics that no member of the group has subscribed to. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'

interface Wanted {
  readonly name: string
  readonly partitions: readonly { readonly partitionIndex: number }[]
}

interface Request {
  readonly groupId: string
  readonly topics: readonly Wanted[]
}

export const offsetDelete: Handler<Request> = {
  apiKey: 47,
  versions: [0, 0],
  handle({ groupId, topics }, context) {
    const { coordinator, groups } = context.broker
    if (groupId === '') return { errorCode: errorCode('INVALID_GROUP_ID') }
    const type = coordinator.typeOf(groupId)
    if (type === undefined || type === 'share') return { errorCode: errorCode('GROUP_ID_NOT_FOUND') }
    const classic = groups.get(groupId)
    // What members of other protocols than the consumers' read is not known.
    if (classic && classic.state !== 'Empty' && classic.protocolType !== 'consumer') {
      return { errorCode: errorCode('NON_EMPTY_GROUP') }
    }
    return { topics: topics.map((wanted) => remove(groupId, wanted, context)) }
  },
}

function remove(groupId: string, { name, partitions }: Wanted, { broker }: Context): Answer {
  const { coordinator, groups, offsets, topics } = broker
  const topic = topics.get(name)
  const classic = groups.get(groupId)
  const subscribed =
    coordinator.epochGroup(groupId)?.subscribes(name) ?? (classic !== undefined && classic.state !== 'Empty')
  return {
    name,
    partitions: partitions.map(({ partitionIndex }) => {
      if (!topic?.partitions[partitionIndex]) {
        return { partitionIndex, errorCode: errorCode('UNKNOWN_TOPIC_OR_PARTITION') }
      }
      if (subscribed) return { partitionIndex, errorCode: errorCode('GROUP_SUBSCRIBED_TO_TOPIC') }
      offsets.delete(groupId, name, partitionIndex)
      return { partitionIndex, errorCode: 0 }
    }),
  }
}
