/** DescribeProducers (KIP-664): who writes to a partition, and which transactions are open in it. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Handler } from '../api.ts'
import { topicNameProblem } from '../topics.ts'

interface Request {
  readonly topics: readonly { readonly name: string; readonly partitionIndexes: readonly number[] }[]
}

export const describeProducers: Handler<Request> = {
  apiKey: 61,
  versions: [0, 0],
  handle: ({ topics }, { broker, node }): Answer => ({
    topics: topics.map(({ name, partitionIndexes }) => ({
      name,
      // Once each: else a small request had a huge answer.
      partitions: [...new Set(partitionIndexes)].map((partitionIndex) => {
        const log = broker.topics.get(name)?.partitions[partitionIndex]
        if (log && log.leader !== node.nodeId) {
          return { partitionIndex, errorCode: errorCode('NOT_LEADER_OR_FOLLOWER') }
        }
        if (log)
          return {
            partitionIndex,
            activeProducers: log.producers.describe(broker.clock.now()).map((each) => ({ ...each })),
          }
        const error = topicNameProblem(name) ? 'INVALID_TOPIC_EXCEPTION' : 'UNKNOWN_TOPIC_OR_PARTITION'
        return { partitionIndex, errorCode: errorCode(error) }
      }),
    })),
  }),
}
