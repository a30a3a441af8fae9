/** LeaveGroup: one member; since v3 many, each with an error of its own (KIP-345). */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Handler } from '../api.ts'

interface Request {
  readonly groupId: string
  readonly memberId?: string
  readonly members?: readonly { readonly memberId: string; readonly groupInstanceId: string | null }[]
}

export const leaveGroup: Handler<Request> = {
  apiKey: 13,
  versions: [0, 5],
  handle({ groupId, memberId, members }, { broker }) {
    if (groupId === '') return { errorCode: errorCode('INVALID_GROUP_ID') }
    if (!members) return { errorCode: broker.groups.leave(groupId, memberId ?? '', null) }
    return {
      members: members.map(({ memberId, groupInstanceId }) => ({
        memberId,
        groupInstanceId,
        errorCode: broker.groups.leave(groupId, memberId, groupInstanceId),
      })),
    }
  },
}
