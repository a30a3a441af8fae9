/** Heartbeat: keeps a member's session, and tells it of a rebalance. */
import type { Handler } from '../api.ts'

interface Request {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId?: string | null
}

export const heartbeat: Handler<Request> = {
  apiKey: 12,
  versions: [0, 4],
  handle({ groupId, memberId, groupInstanceId, generationId }, { broker }) {
    const { mixed } = broker.coordinator
    const group = mixed.get(groupId)
    const instanceId = groupInstanceId ?? null
    const error = group
      ? mixed.heartbeat(group, memberId, instanceId, generationId)
      : broker.groups.heartbeat(groupId, memberId, instanceId, generationId)
    return { errorCode: error }
  },
}
