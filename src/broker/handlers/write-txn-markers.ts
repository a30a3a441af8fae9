/** WriteTxnMarkers: from a coordinator to leaders of partitions, and from an administrator who ends a hanging one. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import type { Marker } from '../markers.ts'
import { OFFSETS_TOPIC } from '../offsets.ts'

interface WritableMarker {
  readonly producerId: number | bigint
  readonly producerEpoch: number
  readonly transactionResult: boolean
  readonly coordinatorEpoch: number
  /** v2+ (KIP-1228) */
  readonly transactionVersion?: number
  readonly topics: readonly { readonly name: string; readonly partitionIndexes: readonly number[] }[]
}

interface Request {
  readonly markers: readonly WritableMarker[]
}

export const writeTxnMarkers: Handler<Request> = {
  apiKey: 27,
  versions: [0, 2],
  handle: ({ markers }, context): Answer => ({
    markers: markers.map((wanted) => ({
      producerId: wanted.producerId,
      topics: wanted.topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({
          partitionIndex,
          errorCode: write(wanted, name, partitionIndex, context),
        })),
      })),
    })),
  }),
}

/** Returns an error code. */
function write(wanted: WritableMarker, topic: string, partition: number, { broker }: Context): number {
  const { producerId, producerEpoch: epoch, transactionResult: committed, coordinatorEpoch } = wanted
  // Apache Kafka can't make such a marker.
  if (producerId < 0 || epoch < 0) return errorCode('UNKNOWN_SERVER_ERROR')
  const marker: Marker = { producerId, epoch, committed, coordinatorEpoch }
  if (topic !== OFFSETS_TOPIC) {
    const log = broker.topics.get(topic)?.partitions[partition]
    if (!log) return errorCode('UNKNOWN_TOPIC_OR_PARTITION')
    const problem = log.producers.markerProblem(marker, wanted.transactionVersion ?? 0)
    if (problem !== 0) return problem
  }
  broker.writeMarker(topic, partition, marker)
  return 0
}
