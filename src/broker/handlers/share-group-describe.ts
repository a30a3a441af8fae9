/** ShareGroupDescribe (KIP-932). */
import type { Handler } from '../api.ts'
import { GROUP_OPERATIONS, NOT_ASKED } from '../operations.ts'
import { missingGroup, named } from './consumer-group-describe.ts'

interface Request {
  readonly groupIds: readonly string[]
  readonly includeAuthorizedOperations: boolean
}

export const shareGroupDescribe: Handler<Request> = {
  apiKey: 77,
  versions: [0, 1],
  handle: ({ groupIds, includeAuthorizedOperations }, { broker }) => ({
    groups: [...new Set(groupIds)].map((groupId) => {
      const group = broker.coordinator.share.get(groupId)
      if (!group) return missingGroup(groupId, 'share', broker)
      return {
        groupId,
        groupState: group.members.size === 0 ? 'Empty' : 'Stable',
        groupEpoch: group.epoch,
        assignmentEpoch: group.assignmentEpoch,
        assignorName: 'simple',
        members: [...group.members.values()].map((member) => ({
          memberId: member.id,
          rackId: member.rackId,
          memberEpoch: member.epoch,
          clientId: member.clientId,
          clientHost: member.clientHost,
          subscribedTopicNames: member.topicNames,
          assignment: named(member.assigned, broker.topics),
        })),
        authorizedOperations: includeAuthorizedOperations ? GROUP_OPERATIONS : NOT_ASKED,
      }
    }),
  }),
}
