/** SyncGroup: answered when the leader has sent the assignments. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Handler } from '../api.ts'

interface Request {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId?: string | null
  readonly protocolType?: string | null
  readonly protocolName?: string | null
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[]
}

/** KIP-559: from here on Apache Kafka insists on protocol type and name. */
const FIRST_WITH_PROTOCOL = 5

export const syncGroup: Handler<Request> = {
  apiKey: 14,
  versions: [0, 5],
  async handle(request, { broker, version }) {
    if (version >= FIRST_WITH_PROTOCOL && (request.protocolType == null || request.protocolName == null)) {
      return { errorCode: errorCode('INCONSISTENT_GROUP_PROTOCOL') }
    }
    const { mixed } = broker.coordinator
    const group = mixed.get(request.groupId)
    const sync = {
      memberId: request.memberId,
      instanceId: request.groupInstanceId ?? null,
      generationId: request.generationId,
      protocolType: request.protocolType,
      protocolName: request.protocolName,
      assignments: request.assignments.map(({ memberId, assignment }) => ({
        memberId,
        assignment: new Uint8Array(assignment),
      })),
    }
    return { ...(group ? mixed.sync(group, sync) : await broker.groups.sync(request.groupId, sync)) }
  },
}
