/** ConsumerGroupDescribe (KIP-848): epochs, and of each member what it has and what it shall have. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import type { ConsumerGroup } from '../consumer-group.ts'
import { GROUP_OPERATIONS, NOT_ASKED } from '../operations.ts'
import { namedPartitions } from '../topic-partitions.ts'
import type { Topics } from '../topics.ts'

interface Request {
  readonly groupIds: readonly string[]
  readonly includeAuthorizedOperations: boolean
}

/** ConsumerGroupMember's protocol, v1+. */
const CLASSIC = 0
const CONSUMER = 1

export const consumerGroupDescribe: Handler<Request> = {
  apiKey: 69,
  versions: [0, 1],
  handle({ groupIds, includeAuthorizedOperations }, { broker }) {
    return {
      groups: [...new Set(groupIds)].map((groupId) => {
        const group = broker.coordinator.consumer.get(groupId)
        if (!group) return missingGroup(groupId, 'consumer', broker)
        const authorizedOperations = includeAuthorizedOperations ? GROUP_OPERATIONS : NOT_ASKED
        return { ...describe(group, broker.topics), authorizedOperations }
      }),
    }
  },
}

/** What is said of a group that is not there, or is one of another type. */
export function missingGroup(
  groupId: string,
  type: 'consumer' | 'share' | 'streams',
  broker: Context['broker'],
): Answer {
  if (groupId === '') return { groupId, errorCode: errorCode('INVALID_GROUP_ID'), errorMessage: null }
  const why = broker.coordinator.typeOf(groupId) === undefined ? 'not found' : `is not a ${type} group`
  return { groupId, errorCode: errorCode('GROUP_ID_NOT_FOUND'), errorMessage: `Group ${groupId} ${why}.` }
}

function describe(group: ConsumerGroup, topics: Topics): Answer {
  const none = new Set<string>()
  return {
    groupId: group.id,
    groupState: group.state,
    groupEpoch: group.epoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: group.assignorName,
    members: [...group.members.values()].map(({ progress, ...member }) => ({
      memberId: member.id,
      instanceId: member.instanceId,
      rackId: member.rackId,
      memberEpoch: progress.epoch,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: member.topicNames,
      subscribedTopicRegex: member.regex ?? '',
      // What it has yet to give up is its own still.
      assignment: named(new Set([...progress.assigned, ...progress.revoking]), topics),
      targetAssignment: named(group.target.get(member.id) ?? none, topics),
      memberType: member.classic ? CLASSIC : CONSUMER,
    })),
  }
}

/** Topics that are gone are left out. */
export const named = (keys: ReadonlySet<string>, topics: Topics): Answer => ({
  topicPartitions: namedPartitions(keys, topics),
})
