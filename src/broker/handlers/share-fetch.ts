/**
 * ShareFetch (KIP-932): acquires records for a member of a share group, waiting up to maxWaitMs for some, and takes the
 * acknowledgements that come with it.
 */
import { Buffer } from 'node:buffer'
import { OPERATION } from '../../../dissectors/acls.ts'
import { errorCode } from '../../../dissectors/errors.ts'
import { mayOnTopic } from '../access/access.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { partitionKey, splitKey } from '../assignors.ts'
import type { PartitionLog } from '../log.ts'
import type { ShareGroup } from '../share-groups.ts'
import type { Acquired, SharePartition } from '../share-partition.ts'
import { type Acknowledged, acknowledge, byTopic, type SharedTopic } from '../share-requests.ts'
import { FINAL_EPOCH, INITIAL_EPOCH, type ShareSession } from '../share-sessions.ts'

interface Request {
  readonly groupId: string | null
  readonly memberId: string | null
  readonly shareSessionEpoch: number
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes: number
  /** v1+; before, whole batches up to maxBytes. */
  readonly maxRecords?: number
  /** v2+ (KIP-1206): 1 asks for not one record more than maxRecords. */
  readonly shareAcquireMode?: number
  /** v2+ (KIP-1222): locks are renewed, and nothing is fetched. */
  readonly isRenewAck?: boolean
  readonly topics: readonly SharedTopic[]
  readonly forgottenTopicsData: readonly { readonly topicId: string; readonly partitions: readonly number[] }[]
}

const RECORD_LIMIT = 1

/** A partition of the session, and what is known of it; or an error. */
interface Source {
  readonly key: string
  readonly log: PartitionLog | undefined
  readonly state: SharePartition | undefined
  readonly error: number
}

export const shareFetch: Handler<Request> = {
  apiKey: 78,
  versions: [0, 2],
  async handle(request, context) {
    const { groupId, memberId, shareSessionEpoch: epoch, topics, isRenewAck = false } = request
    const { broker, node, signal } = context
    const invalid = { errorCode: errorCode('INVALID_REQUEST') }
    if (groupId === null || memberId === null) return invalid
    const acks = topics.some(({ partitions }) => partitions.some((each) => each.acknowledgementBatches.length > 0))
    if (epoch === INITIAL_EPOCH && acks) return invalid
    const { share } = broker.coordinator
    const session =
      epoch === INITIAL_EPOCH
        ? share.sessions.open(groupId, memberId, node.nodeId, signal)
        : share.sessions.resume(groupId, memberId, node.nodeId, epoch)
    if (typeof session === 'number') return { errorCode: session }
    const acknowledged = acknowledge(context, groupId, memberId, topics, isRenewAck)
    const acquisitionLockTimeoutMs = share.limits(groupId).lockMs
    if (epoch === FINAL_EPOCH) {
      share.sessions.close(session)
      return { acquisitionLockTimeoutMs, responses: byTopic(acknowledged.keys(), ackOnly(acknowledged)) }
    }
    follow(session, request)
    if (isRenewAck) return { acquisitionLockTimeoutMs, responses: byTopic(acknowledged.keys(), ackOnly(acknowledged)) }
    const group = share.get(groupId)
    const look = (): Source[] => [...session.partitions].map((key) => source(key, group, context))
    if (acknowledged.size === 0) await untilSome(look, request, group, context)
    const read = readAll(look(), memberId, group, request, context)
    const full = epoch === INITIAL_EPOCH
    return {
      acquisitionLockTimeoutMs,
      responses: byTopic(new Set([...session.partitions, ...acknowledged.keys()]), (key, partitionIndex) => {
        const found = read.get(key)
        if (!found && !full && !acknowledged.has(key)) return null
        return { ...ackOnly(acknowledged)(key, partitionIndex), ...found }
      }),
    }
  },
}

const ackOnly =
  (acknowledged: Acknowledged) =>
  (key: string, partitionIndex: number): Answer => {
    const refused = acknowledged.get(key)
    return {
      partitionIndex,
      acknowledgeErrorCode: refused?.code ?? 0,
      acknowledgeErrorMessage: refused?.message ?? null,
      currentLeader: {},
      records: new Uint8Array(0),
      acquiredRecords: [],
    }
  }

/** Partitions in one session at most. */
const MAX_PARTITIONS = 20_000

/** A session's partitions are those that were named, but for those that were taken back. */
function follow({ partitions }: ShareSession, { topics, forgottenTopicsData }: Request): void {
  for (const { topicId, partitions: named } of topics) {
    for (const { partitionIndex } of named) {
      if (partitions.size < MAX_PARTITIONS) partitions.add(partitionKey(topicId, partitionIndex))
    }
  }
  for (const { topicId, partitions: named } of forgottenTopicsData) {
    for (const partition of named) partitions.delete(partitionKey(topicId, partition))
  }
}

function source(key: string, group: ShareGroup | undefined, context: Context): Source {
  const { broker, node } = context
  const { topicId, partition } = splitKey(key)
  const topic = broker.topics.getById(topicId)
  const none = { key, log: undefined, state: undefined }
  if (!topic) return { ...none, error: errorCode('UNKNOWN_TOPIC_ID') }
  if (!mayOnTopic(OPERATION.READ, topic.name, context)) {
    return { ...none, error: errorCode('TOPIC_AUTHORIZATION_FAILED') }
  }
  const leader = topic.partitions[partition]?.leader ?? node.nodeId
  if (leader !== node.nodeId) return { ...none, error: errorCode('NOT_LEADER_OR_FOLLOWER') }
  // Apache Kafka finds no state for a group that does not exist.
  if (!group) return { ...none, error: errorCode('UNKNOWN_SERVER_ERROR') }
  const state = broker.coordinator.share.partition(group, topic, partition)
  return typeof state === 'number'
    ? { ...none, error: state }
    : { key, log: topic.partitions[partition], state, error: 0 }
}

/** Resolves when a record can be acquired or there is an error to tell, when time is up, or when the client is gone. */
function untilSome(
  look: () => Source[],
  { maxWaitMs, minBytes }: Request,
  group: ShareGroup | undefined,
  { broker, signal }: Context,
): Promise<void> {
  const { share } = broker.coordinator
  const isEnough = (): boolean =>
    look().some(
      ({ log, state, error }) =>
        error !== 0 ||
        !log ||
        log.deleted ||
        state?.canAcquire(log, share.limits(group?.id ?? ''), share.committedOnly(group?.id ?? '')),
    )
  if (maxWaitMs <= 0 || minBytes <= 0 || signal.aborted || isEnough()) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      cancelTimer()
      for (const stop of stops) stop()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const wake = (): void => {
      if (isEnough()) done()
    }
    const stops = look().flatMap(({ log, state }) => [log?.onAppend(wake), state?.onRelease(wake)].filter((s) => !!s))
    const cancelTimer = broker.clock.after(maxWaitMs, done)
    signal.addEventListener('abort', done)
  })
}

/** By partition key: what was acquired, or why nothing can be. Partitions with neither are left out. */
function readAll(
  sources: readonly Source[],
  memberId: string,
  group: ShareGroup | undefined,
  request: Request,
  { broker, signal }: Context,
): Map<string, Answer> {
  const { share } = broker.coordinator
  const found = new Map<string, Answer>()
  const limits = share.limits(group?.id ?? '')
  let bytesLeft = Math.min(request.maxBytes, broker.options.fetchMaxBytes)
  let recordsLeft = request.maxRecords ?? Number.POSITIVE_INFINITY
  for (const { key, log, state, error } of sources) {
    if (error !== 0 || !log || !state) {
      found.set(key, { errorCode: error })
      continue
    }
    // Nobody would hear of it.
    if (signal.aborted || recordsLeft <= 0 || bytesLeft <= 0) continue
    const wanted = {
      memberId,
      maxRecords: recordsLeft,
      strict: request.shareAcquireMode === RECORD_LIMIT,
      maxBytes: bytesLeft,
      committedOnly: share.committedOnly(group?.id ?? ''),
    }
    const { batches, acquired } = state.acquire(log, wanted, limits)
    if (acquired.length === 0) continue
    const records = Buffer.concat(batches)
    bytesLeft -= records.length
    recordsLeft -= acquired.reduce((sum, range) => sum + recordsIn(range), 0)
    found.set(key, { records, acquiredRecords: acquired.map((range) => ({ ...range })) })
  }
  return found
}

const recordsIn = ({ firstOffset, lastOffset }: Acquired): number => lastOffset - firstOffset + 1
