/** DescribeGroups: members with what they said and were assigned. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { metadataOf } from '../group.ts'
import { GROUP_OPERATIONS, NOT_ASKED } from '../operations.ts'

interface Request {
  readonly groups: readonly string[]
  readonly includeAuthorizedOperations?: boolean
}

/** KIP-1043: before, an unknown group is a dead one without error. */
const FIRST_WITH_NOT_FOUND = 6

export const describeGroups: Handler<Request> = {
  apiKey: 15,
  versions: [0, 6],
  handle(request, context) {
    const authorizedOperations = request.includeAuthorizedOperations ? GROUP_OPERATIONS : NOT_ASKED
    return {
      groups: [...new Set(request.groups)].map((groupId) => ({ authorizedOperations, ...describe(groupId, context) })),
    }
  },
}

function describe(groupId: string, { broker, version }: Context): Answer {
  const group = broker.groups.get(groupId)
  if (!group) {
    const type = broker.coordinator.typeOf(groupId)
    // Offsets were committed under its name.
    if (type === 'classic') return { groupId, groupState: 'Empty' }
    const missing = { groupId, groupState: 'Dead' }
    if (version < FIRST_WITH_NOT_FOUND) return missing
    return {
      ...missing,
      errorCode: errorCode('GROUP_ID_NOT_FOUND'),
      errorMessage: type === undefined ? `Group ${groupId} not found.` : `Group ${groupId} is not a classic group.`,
      authorizedOperations: NOT_ASKED,
    }
  }
  // Metadata and assignments are only told of a group at rest.
  const stable = group.state === 'Stable'
  return {
    groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: stable ? (group.protocolName ?? '') : '',
    members: group.members.all().map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      ...(stable && {
        memberMetadata: metadataOf(member.protocols, group.protocolName),
        memberAssignment: member.assignment,
      }),
    })),
  }
}
