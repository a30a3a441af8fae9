/** OffsetForLeaderEpoch (KIP-101, KIP-320): where an epoch ends in the log. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { epochProblem } from '../epoch.ts'

interface Partition {
  readonly partition: number
  readonly currentLeaderEpoch?: number
  readonly leaderEpoch: number
}

interface Request {
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly Partition[] }[]
}

export const offsetForLeaderEpoch: Handler<Request> = {
  apiKey: 23,
  versions: [0, 4],
  handle: ({ topics }, context): Answer => ({
    topics: topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((partition) => ({
        partition: partition.partition,
        ...endOf(topic, partition, context),
      })),
    })),
  }),
}

function endOf(
  topic: string,
  { partition, currentLeaderEpoch, leaderEpoch }: Partition,
  { broker, node }: Context,
): Answer {
  const log = broker.topics.get(topic)?.partitions[partition]
  if (!log) return { errorCode: errorCode('UNKNOWN_TOPIC_OR_PARTITION') }
  if (log.leader !== node.nodeId) return { errorCode: errorCode('NOT_LEADER_OR_FOLLOWER') }
  const fenced = epochProblem(currentLeaderEpoch, log)
  if (fenced !== 0) return { errorCode: fenced }
  const { epoch, endOffset } = log.epochs.endOf(leaderEpoch, log.endOffset)
  return { leaderEpoch: epoch, endOffset }
}
