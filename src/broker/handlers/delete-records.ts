/** DeleteRecords (KIP-107): all before an offset; -1 stands for the high watermark. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { settingOf } from '../topic-configs.ts'

interface Partition {
  readonly partitionIndex: number
  readonly offset: number | bigint
}

interface Request {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly Partition[] }[]
}

const HIGH_WATERMARK = -1

export const deleteRecords: Handler<Request> = {
  apiKey: 21,
  versions: [0, 2],
  handle: ({ topics }, context): Answer => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partition) => ({
        partitionIndex: partition.partitionIndex,
        ...deleteBefore(name, partition, context),
      })),
    })),
  }),
}

function deleteBefore(name: string, { partitionIndex, offset }: Partition, { broker, node }: Context): Answer {
  const fail = (error: string): Answer => ({ lowWatermark: -1, errorCode: errorCode(error) })
  const topic = broker.topics.get(name)
  const log = topic?.partitions[partitionIndex]
  if (!topic || !log) return fail('UNKNOWN_TOPIC_OR_PARTITION')
  if (log.leader !== node.nodeId) return fail('NOT_LEADER_OR_FOLLOWER')
  if (!settingOf(topic.configs, broker.settings, 'cleanup.policy').includes('delete')) return fail('POLICY_VIOLATION')
  const to = offset === HIGH_WATERMARK ? log.endOffset : offset
  if (to < 0 || to > log.endOffset) return fail('OFFSET_OUT_OF_RANGE')
  log.truncateBefore(Number(to))
  return { lowWatermark: log.startOffset }
}
