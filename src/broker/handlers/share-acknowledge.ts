/** ShareAcknowledge (KIP-932): accepts, releases or rejects what was acquired, or renews its locks (v2+). */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Handler } from '../api.ts'
import { acknowledge, byTopic, type SharedTopic } from '../share-requests.ts'
import { FINAL_EPOCH, INITIAL_EPOCH } from '../share-sessions.ts'

interface Request {
  readonly groupId: string | null
  readonly memberId: string | null
  readonly shareSessionEpoch: number
  readonly isRenewAck?: boolean
  readonly topics: readonly SharedTopic[]
}

export const shareAcknowledge: Handler<Request> = {
  apiKey: 79,
  versions: [0, 2],
  handle({ groupId, memberId, shareSessionEpoch: epoch, isRenewAck = false, topics }, context) {
    const { broker, node } = context
    if (groupId === null || memberId === null) return { errorCode: errorCode('INVALID_REQUEST') }
    const { share } = broker.coordinator
    if (epoch === INITIAL_EPOCH) return { errorCode: errorCode('INVALID_SHARE_SESSION_EPOCH') }
    const session = share.sessions.resume(groupId, memberId, node.nodeId, epoch)
    if (typeof session === 'number') return { errorCode: session }
    const acknowledged = acknowledge(context, groupId, memberId, topics, isRenewAck)
    if (epoch === FINAL_EPOCH) share.sessions.close(session)
    return {
      acquisitionLockTimeoutMs: share.limits(groupId).lockMs,
      responses: byTopic(acknowledged.keys(), (key, partitionIndex) => {
        const refused = acknowledged.get(key)
        return {
          partitionIndex,
          errorCode: refused?.code ?? 0,
          errorMessage: refused?.message ?? null,
          currentLeader: {},
        }
      }),
    }
  },
}
