/** DescribeTopicPartitions (KIP-966): topics in the order of their names, page by page. */
import { OPERATION } from '../../../dissectors/acls.ts'
import { errorCode } from '../../../dissectors/errors.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import { mayOnTopic } from '../access/access.ts'
import type { Answer, Handler } from '../api.ts'
import { isInternal } from '../internal-topics.ts'
import type { PartitionLog } from '../log.ts'
import { TOPIC_OPERATIONS } from '../operations.ts'
import { topicNameProblem } from '../topics.ts'

type Cursor = { readonly topicName: string; readonly partitionIndex: number }

interface Request {
  /** None: all. */
  readonly topics: readonly { readonly name: string }[]
  readonly responsePartitionLimit: number
  readonly cursor: Cursor | null
}

/** max.request.partition.size.limit */
const MAX_PARTITIONS = 2000

export const describeTopicPartitions: Handler<Request> = {
  apiKey: 75,
  versions: [0, 0],
  handle({ topics, responsePartitionLimit, cursor }, context) {
    const { broker } = context
    const asked = topics.map(({ name }) => name)
    if (cursor && (cursor.partitionIndex < 0 || (asked.length > 0 && !asked.includes(cursor.topicName)))) {
      const invalid = { errorCode: errorCode('INVALID_REQUEST'), topicId: ZERO_UUID }
      return { topics: asked.map((name) => ({ name, ...invalid })) }
    }
    const all = (): string[] => broker.topics.all().map(({ name }) => name)
    const visible = (): string[] => all().filter((name) => mayOnTopic(OPERATION.DESCRIBE, name, context))
    const names = [...new Set(asked.length > 0 ? asked : visible())]
    const described: Answer[] = []
    let left = Math.min(Math.max(1, responsePartitionLimit), MAX_PARTITIONS)
    for (const name of names.sort().filter((each) => !cursor || each >= cursor.topicName)) {
      const topic = broker.topics.get(name)
      const answer = { name, topicId: topic?.id ?? ZERO_UUID, topicAuthorizedOperations: TOPIC_OPERATIONS }
      if (!topic) {
        const error = topicNameProblem(name) ? 'INVALID_TOPIC_EXCEPTION' : 'UNKNOWN_TOPIC_OR_PARTITION'
        described.push({ ...answer, errorCode: errorCode(error) })
        continue
      }
      if (left === 0) return { topics: described, nextCursor: { topicName: name, partitionIndex: 0 } }
      const from = cursor?.topicName === name ? cursor.partitionIndex : 0
      const partitions = topic.partitions.slice(from, from + left)
      left -= partitions.length
      described.push({
        ...answer,
        isInternal: isInternal(name),
        partitions: partitions.map((log, i) => partition(log, from + i)),
      })
      const next = from + partitions.length
      if (next < topic.partitions.length) {
        return { topics: described, nextCursor: { topicName: name, partitionIndex: next } }
      }
    }
    return { topics: described }
  },
}

const partition = (log: PartitionLog, partitionIndex: number): Answer => ({
  partitionIndex,
  leaderId: log.leader,
  leaderEpoch: log.leaderEpoch,
  replicaNodes: [...log.replicas],
  isrNodes: [...log.replicas],
  eligibleLeaderReplicas: [],
  lastKnownElr: [],
  offlineReplicas: [],
})
