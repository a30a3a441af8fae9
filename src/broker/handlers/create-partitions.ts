/** CreatePartitions: more partitions for a topic. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'

interface Wanted {
  readonly name: string
  readonly count: number
  readonly assignments: readonly { readonly brokerIds: readonly number[] }[] | null
}

interface Request {
  readonly topics: readonly Wanted[]
  readonly validateOnly: boolean
}

export const createPartitions: Handler<Request> = {
  apiKey: 37,
  versions: [0, 3],
  handle: (request, context) => ({
    results: request.topics.map((wanted) => grow(wanted, request.validateOnly, context)),
  }),
}

function grow(wanted: Wanted, validateOnly: boolean, { broker }: Context): Answer {
  const { name, count, assignments } = wanted
  const fail = (error: string, errorMessage: string): Answer => ({ name, errorCode: errorCode(error), errorMessage })
  const topic = broker.topics.get(name)
  if (!topic) return fail('UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic.')
  const more = count - topic.partitions.length
  if (more <= 0) {
    return fail('INVALID_PARTITIONS', `The topic has ${topic.partitions.length} partition(s) already.`)
  }
  if (!broker.hasRoom(more)) {
    return fail('POLICY_VIOLATION', `This broker holds at most ${broker.options.maxPartitions} partitions.`)
  }
  if (assignments && assignments.length !== more) {
    return fail('INVALID_REPLICA_ASSIGNMENT', `${more} partitions are new, but ${assignments.length} are assigned.`)
  }
  const placed = assignments?.map(({ brokerIds }) => brokerIds)
  for (const brokerIds of placed ?? []) {
    const problem = broker.cluster.assignmentProblem(brokerIds)
    if (problem) return fail('INVALID_REPLICA_ASSIGNMENT', problem)
  }
  if (!validateOnly) broker.topics.grow(topic, count, placed)
  return { name, errorMessage: null }
}
