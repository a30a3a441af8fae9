/** Where a group's members begin to read, and what they commit. */
import { BrokerError, type Cluster, type TopicInfo } from './cluster.ts'
import type { Connection } from './connection.ts'

/** Who commits what: a member of a generation. */
export interface Membership {
  readonly groupId: string
  readonly memberId: string
  readonly generation: number
  readonly topic: TopicInfo
}

/** The timestamp that asks ListOffsets for the first offset that can be read. */
export const EARLIEST = -2

/** KIP-516's last part: offsets by topic id. */
const FIRST_WITH_TOPIC_IDS = 10

interface OffsetTopics {
  readonly topics: readonly {
    readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[]
  }[]
}
interface Fetched {
  readonly topics: readonly {
    readonly partitions: readonly {
      readonly partitionIndex: number
      readonly committedOffset: number
      readonly errorCode: number
    }[]
  }[]
  readonly errorCode?: number
}
interface FetchedBody extends Fetched {
  readonly groups?: readonly Fetched[]
}
interface ListedBody {
  readonly topics: readonly {
    readonly partitions: readonly { readonly errorCode: number; readonly offset: number }[]
  }[]
}

const versionLimit = ({ id }: TopicInfo): { most?: number } => (id ? {} : { most: FIRST_WITH_TOPIC_IDS - 1 })
const named = ({ name, id }: TopicInfo) => ({ name, ...(id ? { topicId: id } : {}) })

/**
 * The offset to begin at, of each partition: the committed one, else the log's first. Rejects with ClientError and
 * BrokerError.
 */
export async function startOffsets(
  connection: Connection,
  cluster: Cluster,
  { groupId, topic, memberId, generation }: Membership,
  partitions: readonly number[],
): Promise<Map<number, number>> {
  const offsets = new Map<number, number>()
  if (partitions.length === 0) return offsets
  const topics = [{ name: topic.name, partitionIndexes: partitions }]
  // Before v9 there is no member in it; a classic group's generation stands where KIP-848 has an epoch.
  const newer = [{ ...named(topic), partitionIndexes: partitions }]
  const groups = [{ groupId, memberId, memberEpoch: generation, topics: newer }]
  const request = { groupId, topics, groups, requireStable: true }
  const { body, version } = await connection.call<FetchedBody>('OffsetFetch', request, versionLimit(topic))
  const place = { broker: connection.broker, request: `OffsetFetch v${version}` }
  const found = body.groups?.[0] ?? body
  if (found.errorCode) throw new BrokerError(found.errorCode, place)
  for (const each of found.topics.flatMap((one) => one.partitions)) {
    if (each.errorCode !== 0) throw new BrokerError(each.errorCode, place)
    if (each.committedOffset >= 0) offsets.set(each.partitionIndex, each.committedOffset)
  }
  const missing = partitions.filter((partition) => !offsets.has(partition))
  await listMissing(cluster, topic, missing, offsets)
  return offsets
}

async function listMissing(
  cluster: Cluster,
  topic: TopicInfo,
  missing: readonly number[],
  offsets: Map<number, number>,
): Promise<void> {
  const connections = new Map<number, Connection>()
  try {
    for (const partition of missing) {
      const leader = topic.partitions[partition]?.leader ?? -1
      const connection = connections.get(leader) ?? (await cluster.connectNode(leader))
      connections.set(leader, connection)
      offsets.set(partition, await listOffset(connection, topic.name, partition, EARLIEST))
    }
  } finally {
    for (const connection of connections.values()) connection.close()
  }
}

/** The offset of a partition for a timestamp (ms, or EARLIEST), asked of its leader. */
export async function listOffset(
  connection: Connection,
  topic: string,
  partition: number,
  timestamp: number,
): Promise<number> {
  const partitions = [{ partitionIndex: partition, currentLeaderEpoch: -1, timestamp }]
  const request = { replicaId: -1, isolationLevel: 0, topics: [{ name: topic, partitions }] }
  const { body, version } = await connection.call<ListedBody>('ListOffsets', request)
  const found = body.topics[0]?.partitions[0]
  const code = found?.errorCode ?? -1
  if (!found || code !== 0) {
    throw new BrokerError(code, { broker: connection.broker, request: `ListOffsets v${version}` })
  }
  return found.offset
}

/**
 * Commits. Rejects with a BrokerError for an error code that is not `ignored`: then nothing of that partition was
 * committed.
 */
export async function commitOffsets(
  connection: Connection,
  { groupId, memberId, generation, topic }: Membership,
  offsets: ReadonlyMap<number, number>,
  ignored: readonly number[] = [],
): Promise<void> {
  if (offsets.size === 0) return
  const partitions = [...offsets].map(([partitionIndex, committedOffset]) => ({
    partitionIndex,
    committedOffset,
    committedLeaderEpoch: -1,
    committedMetadata: '',
  }))
  const request = {
    groupId,
    generationIdOrMemberEpoch: generation,
    memberId,
    topics: [{ ...named(topic), partitions }],
  }
  const { body, version } = await connection.call<OffsetTopics>('OffsetCommit', request, versionLimit(topic))
  for (const { errorCode } of body.topics.flatMap((one) => one.partitions)) {
    if (errorCode === 0 || ignored.includes(errorCode)) continue
    throw new BrokerError(errorCode, { broker: connection.broker, request: `OffsetCommit v${version}` })
  }
}
