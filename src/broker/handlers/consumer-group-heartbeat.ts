/** ConsumerGroupHeartbeat (KIP-848): joins, keeps a session, says what is owned, and is told what to own; or leaves. */

import { OPERATION } from '../../../dissectors/acls.ts'
import { mayOnTopic } from '../access/access.ts'
import type { Answer, Handler } from '../api.ts'
import { partitionKey } from '../assignors.ts'
import { GroupError } from '../epoch-group.ts'
import { type TopicPartitions, topicPartitions } from '../topic-partitions.ts'

interface Request {
  readonly groupId: string
  readonly memberId: string
  readonly memberEpoch: number
  readonly instanceId: string | null
  readonly rackId: string | null
  readonly rebalanceTimeoutMs: number
  readonly subscribedTopicNames: readonly string[] | null
  /** v1+ */
  readonly subscribedTopicRegex?: string | null
  readonly serverAssignor: string | null
  readonly topicPartitions: readonly TopicPartitions[] | null
}

export const consumerGroupHeartbeat: Handler<Request> = {
  apiKey: 68,
  versions: [0, 1],
  handle(request, { broker, version, clientId, clientHost, access }) {
    // Only v0 may come without an id, which is then made as clients make theirs.
    const mayBeNew = version === 0 && request.memberEpoch === 0
    return answerOr(() => {
      const { memberId, memberEpoch, heartbeatIntervalMs, assignment } = broker.coordinator.consumer.heartbeat(
        request.groupId,
        {
          memberId: request.memberId === '' && mayBeNew ? broker.topics.newId() : request.memberId,
          memberEpoch: request.memberEpoch,
          instanceId: request.instanceId,
          rackId: request.rackId,
          // Cut to what is allowed a session, so that no partition waits for weeks.
          rebalanceTimeoutMs: Math.min(request.rebalanceTimeoutMs, broker.options.maxSessionTimeoutMs),
          topicNames: request.subscribedTopicNames,
          regex: request.subscribedTopicRegex ?? null,
          sees: (topic) => mayOnTopic(OPERATION.DESCRIBE, topic, { access }),
          assignor: request.serverAssignor,
          owned: request.topicPartitions && keysOf(request.topicPartitions),
          clientId: clientId ?? '',
          clientHost,
        },
        version,
      )
      return {
        memberId,
        memberEpoch,
        heartbeatIntervalMs,
        assignment: assignment && { topicPartitions: topicPartitions(assignment) },
      }
    })
  },
}

const keysOf = (all: readonly TopicPartitions[]): Set<string> =>
  new Set(all.flatMap(({ topicId, partitions }) => partitions.map((partition) => partitionKey(topicId, partition))))

/** The answer, or that of a GroupError. */
export function answerOr(ask: () => Answer): Answer {
  try {
    return ask()
  } catch (error) {
    if (error instanceof GroupError) return { errorCode: error.code, errorMessage: error.message }
    throw error
  }
}
