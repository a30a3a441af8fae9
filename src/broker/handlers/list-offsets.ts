/** ListOffsets: the offset for a time. v0 gives several, descending, as the starts of segments once were. */
import { errorCode } from '../../../dissectors/errors.ts'
import { batchHeader } from '../../../dissectors/records/header.ts'
import type { Answer, Context, Handler } from '../api.ts'
import type { StoredBatch } from '../batch-store.ts'
import { recordAt } from '../batches.ts'
import { epochProblem } from '../epoch.ts'
import type { PartitionLog } from '../log.ts'

interface Partition {
  readonly partitionIndex: number
  readonly currentLeaderEpoch?: number
  readonly timestamp: number | bigint
  readonly maxNumOffsets?: number
}

interface Request {
  readonly isolationLevel?: number
  readonly topics: readonly { readonly name: string; readonly partitions: readonly Partition[] }[]
}

/** Times that stand for something else (ListOffsetsRequest), and the first version that has each. */
const LATEST = -1
const EARLIEST = -2
const MAX_TIMESTAMP = -3
const EARLIEST_LOCAL = -4
const LATEST_TIERED = -5
const EARLIEST_PENDING_UPLOAD = -6
const SINCE = new Map<number, number>([
  [LATEST, 0],
  [EARLIEST, 0],
  [MAX_TIMESTAMP, 7],
  [EARLIEST_LOCAL, 8],
  [LATEST_TIERED, 9],
  [EARLIEST_PENDING_UPLOAD, 11],
])

export const listOffsets: Handler<Request> = {
  apiKey: 2,
  versions: [0, 11],
  handle: (request, context) => ({
    topics: mergeTopics(request.topics).map(({ name, partitions }) => {
      const seen = new Set<number>()
      const logs = context.broker.topics.get(name)?.partitions
      return {
        name,
        partitions: partitions.map((partition) => ({
          partitionIndex: partition.partitionIndex,
          ...(isTwice(seen, partition.partitionIndex)
            ? { ...NOTHING, errorCode: errorCode('INVALID_REQUEST') }
            : offsetFor(partition, logs?.[partition.partitionIndex], isCommittedOnly(request), context)),
        })),
      }
    }),
  }),
}

type Topics = Request['topics']

/** A topic named twice counts as one. */
function mergeTopics(topics: Topics): Topics {
  const byName = new Map<string, Partition[]>()
  for (const { name, partitions } of topics) {
    const known = byName.get(name)
    if (known) for (const partition of partitions) known.push(partition)
    else byName.set(name, [...partitions])
  }
  return [...byName].map(([name, partitions]) => ({ name, partitions }))
}

/** Each search may have to decompress a batch: no partition gets two. */
function isTwice(seen: Set<number>, partition: number): boolean {
  const twice = seen.has(partition)
  seen.add(partition)
  return twice
}

/** IsolationLevel.READ_COMMITTED */
const isCommittedOnly = ({ isolationLevel }: Request): boolean => isolationLevel === 1

const NOTHING: Answer = { timestamp: -1, offset: -1, leaderEpoch: -1 }

function offsetFor(
  partition: Partition,
  log: PartitionLog | undefined,
  committedOnly: boolean,
  { version, broker, node }: Context,
): Answer {
  const fail = (error: number): Answer => ({ ...NOTHING, errorCode: error })
  if (!log) return fail(errorCode('UNKNOWN_TOPIC_OR_PARTITION'))
  if (log.leader !== node.nodeId) return fail(errorCode('NOT_LEADER_OR_FOLLOWER'))
  const fenced = epochProblem(partition.currentLeaderEpoch, log)
  if (fenced !== 0) return fail(fenced)
  const { timestamp } = partition
  if (timestamp < 0 && !((SINCE.get(Number(timestamp)) ?? Number.POSITIVE_INFINITY) <= version)) {
    return fail(errorCode('UNSUPPORTED_VERSION'))
  }
  if (version === 0) return { oldStyleOffsets: oldStyle(partition, log, broker.clock.now()) }
  const at = (offset: number, leaderEpoch: number): Answer => ({ timestamp: -1, offset, leaderEpoch })
  const end = log.endFor(committedOnly)
  const found = (batch: StoredBatch | null, time: number | bigint): Answer => {
    const record = batch && recordAt(batch.bytes, time)
    // What readers do not see yet is not told of.
    return record && record.offset < end
      ? { ...record, leaderEpoch: batchHeader(batch.bytes, 0)!.partitionLeaderEpoch }
      : NOTHING
  }
  switch (timestamp) {
    case LATEST:
      return at(end, log.leaderEpoch)
    case EARLIEST:
    case EARLIEST_LOCAL:
      return at(log.startOffset, log.epochs.at(log.startOffset))
    case LATEST_TIERED:
    case EARLIEST_PENDING_UPLOAD:
      return NOTHING
    case MAX_TIMESTAMP: {
      const batch = log.latestBatch()
      return found(batch, batch ? batchHeader(batch.bytes, 0)!.maxTimestamp : 0)
    }
    default:
      return found(log.batchFrom(timestamp), timestamp)
  }
}

/** The log is one segment, which begins at its start and was last changed at its last append. */
function oldStyle({ timestamp, maxNumOffsets = 1 }: Partition, log: PartitionLog, now: number): number[] {
  const { startOffset, endOffset, lastAppend } = log
  if (timestamp === EARLIEST) return [startOffset].slice(0, Math.max(0, maxNumOffsets))
  const ends = endOffset > startOffset && (timestamp === LATEST || timestamp >= now) ? [endOffset] : []
  const starts = timestamp === LATEST || timestamp >= lastAppend ? [startOffset] : []
  return [...ends, ...starts].slice(0, Math.max(0, maxNumOffsets))
}
