/** ElectLeaders: every partition has its preferred leader already. */
import type { Answer, Context, Handler } from '../api.ts'
import { type Problem, problem } from '../resources.ts'

interface Request {
  /** v1+: 0 preferred, 1 unclean. */
  readonly electionType?: number
  /** Null: all. */
  readonly topicPartitions: readonly { readonly topic: string; readonly partitions: readonly number[] }[] | null
}

export const electLeaders: Handler<Request> = {
  apiKey: 43,
  versions: [0, 2],
  handle({ electionType = 0, topicPartitions }, context) {
    const { topics } = context.broker
    if (topicPartitions === null) {
      // Only those that had an election are named: none.
      return { replicaElectionResults: topics.all().map(({ name }) => ({ topic: name, partitionResult: [] })) }
    }
    const unknown = electionType === 0 || electionType === 1 ? null : `Unknown election type ${electionType}`
    return {
      ...(unknown !== null && { errorCode: problem('INVALID_REQUEST', unknown).errorCode }),
      replicaElectionResults: topicPartitions.map(
        ({ topic, partitions }): Answer => ({
          topic,
          partitionResult: partitions.map((partitionId) => ({
            partitionId,
            ...(unknown === null ? electionProblem(topic, partitionId, context) : problem('INVALID_REQUEST', unknown)),
          })),
        }),
      ),
    }
  },
}

function electionProblem(topic: string, partition: number, { broker }: Context): Problem {
  const found = broker.topics.get(topic)
  if (!found) return problem('UNKNOWN_TOPIC_OR_PARTITION', `No such topic as ${topic}`)
  if (!found.partitions[partition]) {
    return problem('UNKNOWN_TOPIC_OR_PARTITION', `No such partition as ${topic}-${partition}`)
  }
  return problem('ELECTION_NOT_NEEDED', 'Leader election not needed for topic partition.')
}
