/** AlterPartitionReassignments and ListPartitionReassignments (KIP-455): where replicas are follows from names, so none moves. */
import type { Answer, Context, Handler } from '../api.ts'
import { type Problem, problem } from '../resources.ts'

interface AlterRequest {
  readonly allowReplicationFactorChange?: boolean
  readonly topics: readonly {
    readonly name: string
    /** Null replicas: a move that goes on is given up. */
    readonly partitions: readonly { readonly partitionIndex: number; readonly replicas: readonly number[] | null }[]
  }[]
}

export const alterPartitionReassignments: Handler<AlterRequest> = {
  apiKey: 45,
  versions: [0, 1],
  handle: ({ topics, allowReplicationFactorChange = true }, context) => ({
    allowReplicationFactorChange,
    errorMessage: null,
    responses: topics.map(
      ({ name, partitions }): Answer => ({
        name,
        partitions: partitions.map(({ partitionIndex, replicas }) => ({
          partitionIndex,
          errorMessage: null,
          ...moveProblem(name, partitionIndex, replicas, context),
        })),
      }),
    ),
  }),
}

function moveProblem(
  name: string,
  partition: number,
  replicas: readonly number[] | null,
  { broker }: Context,
): Problem | null {
  const topic = broker.topics.get(name)
  if (!topic) return problem('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find a topic named ${name}.`)
  const log = topic.partitions[partition]
  if (!log) return problem('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find partition ${name}:${partition}.`)
  if (replicas === null) return problem('NO_REASSIGNMENT_IN_PROGRESS', null)
  const refuse = (text: string): Problem => problem('INVALID_REPLICA_ASSIGNMENT', text)
  if (replicas.length === 0) return refuse('The manual partition assignment includes an empty replica list.')
  const unknown = replicas.find((id) => !broker.cluster.node(id))
  if (unknown !== undefined) {
    return refuse(`The manual partition assignment includes broker ${unknown}, but no such broker is registered.`)
  }
  const twice = replicas.find((id, i) => replicas.indexOf(id) !== i)
  if (twice !== undefined) return refuse(`The manual partition assignment includes the broker ${twice} more than once.`)
  const same = replicas.length === log.replicas.length && replicas.every((id) => log.replicas.includes(id))
  return same ? null : refuse('Partitions of the embedded broker stay where they are.')
}

export const listPartitionReassignments: Handler<unknown> = {
  apiKey: 46,
  versions: [0, 0],
  handle: () => ({ errorMessage: null, topics: [] }),
}
