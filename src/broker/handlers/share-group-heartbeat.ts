/** ShareGroupHeartbeat (KIP-932): joins a share group, keeps a session, and is told what to read; or leaves. */
import type { Handler } from '../api.ts'
import { topicPartitions } from '../topic-partitions.ts'
import { answerOr } from './consumer-group-heartbeat.ts'

interface Request {
  readonly groupId: string
  readonly memberId: string
  readonly memberEpoch: number
  readonly rackId: string | null
  readonly subscribedTopicNames: readonly string[] | null
}

export const shareGroupHeartbeat: Handler<Request> = {
  apiKey: 76,
  versions: [0, 1],
  handle({ groupId, memberId, memberEpoch, rackId, subscribedTopicNames }, { broker, clientId, clientHost }) {
    return answerOr(() => {
      const beat = { memberId, memberEpoch, rackId, topicNames: subscribedTopicNames, clientHost }
      const { assignment, ...answer } = broker.coordinator.share.heartbeat(groupId, {
        ...beat,
        clientId: clientId ?? '',
      })
      return { ...answer, assignment: assignment && { topicPartitions: topicPartitions(assignment) } }
    })
  },
}
