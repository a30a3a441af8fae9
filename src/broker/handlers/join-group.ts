/** JoinGroup: answered when the rebalance is complete. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { failedJoin } from '../group.ts'
import type { JoinAnswer } from '../members.ts'

interface Request {
  readonly groupId: string
  readonly sessionTimeoutMs: number
  /** v1+; v0 has the session timeout for both. */
  readonly rebalanceTimeoutMs?: number
  readonly memberId: string
  readonly groupInstanceId?: string | null
  readonly protocolType: string
  readonly protocols: readonly { readonly name: string; readonly metadata: Uint8Array }[]
}

/** KIP-394 */
const FIRST_WITH_MEMBER_ID_REQUIRED = 4
/** KIP-559: the protocol's name is null where there is none; before, it is empty. */
const FIRST_WITH_NULL_PROTOCOL = 7
/** KIP-814 */
const FIRST_WITH_SKIP_ASSIGNMENT = 9

export const joinGroup: Handler<Request> = {
  apiKey: 11,
  versions: [0, 9],
  async handle(request, context) {
    const { broker, version, clientId, clientHost } = context
    const instanceId = request.groupInstanceId ?? null
    const mixed = broker.coordinator.mixed.get(request.groupId)
    if (!mixed && !broker.coordinator.claimForClassic(request.groupId)) {
      return answer(failedJoin(errorCode('INCONSISTENT_GROUP_PROTOCOL'), request.memberId), version)
    }
    const join = {
      clientId: clientId ?? '',
      clientHost,
      instanceId,
      memberId: request.memberId,
      sessionTimeoutMs: request.sessionTimeoutMs,
      rebalanceTimeoutMs: rebalanceTimeout(request, context),
      protocolType: request.protocolType,
      // Copied: the group keeps them longer than the frame they came in.
      protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: new Uint8Array(metadata) })),
      requireMemberId: version >= FIRST_WITH_MEMBER_ID_REQUIRED,
      canSkipAssignment: version >= FIRST_WITH_SKIP_ASSIGNMENT,
    }
    const joined = mixed ? broker.coordinator.mixed.join(mixed, join) : broker.groups.join(request.groupId, join)
    return answer(await joined, version)
  },
}

/** Cut to what Apache Kafka allows a session, so that no group waits for weeks. */
function rebalanceTimeout(request: Request, { broker }: Context): number {
  const wanted = request.rebalanceTimeoutMs ?? -1
  return wanted < 0 ? request.sessionTimeoutMs : Math.min(wanted, broker.options.maxSessionTimeoutMs)
}

function answer(joined: Partial<JoinAnswer>, version: number): Answer {
  return { ...joined, protocolName: joined.protocolName ?? (version < FIRST_WITH_NULL_PROTOCOL ? '' : null) }
}
