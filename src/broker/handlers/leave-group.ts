/** LeaveGroup: one member; since v3 many, each with an error of its own (KIP-345). */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Context, Handler } from '../api.ts'
import { GroupError, LEAVING } from '../epoch-group.ts'

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
    const leave = (id: string, instanceId: string | null): number =>
      broker.coordinator.consumer.get(groupId)
        ? leaveConsumerGroup(broker, groupId, id, instanceId)
        : broker.groups.leave(groupId, id, instanceId)
    if (!members) return { errorCode: leave(memberId ?? '', null) }
    return {
      members: members.map(({ memberId, groupInstanceId }) => ({
        memberId,
        groupInstanceId,
        errorCode: leave(memberId, groupInstanceId),
      })),
    }
  },
}

/** An administrator sends members of a KIP-848 group away with the same API. Returns an error code. */
function leaveConsumerGroup(
  broker: Context['broker'],
  groupId: string,
  memberId: string,
  instanceId: string | null,
): number {
  const group = broker.coordinator.consumer.get(groupId)!
  const named = group.staticOf(instanceId)
  try {
    group.leave(memberId === '' && named ? named.id : memberId, instanceId, LEAVING)
    return 0
  } catch (error) {
    if (error instanceof GroupError) return error.code
    throw error
  }
}
