/**
 * Fetch: waits until there are minBytes, or maxWaitMs have passed. By topic id since v13; v0 to v3 get messages of
 * magic 0 and 1. Readers of committed records end at the last stable offset, and are told what was aborted before it.
 */
import { Buffer } from 'node:buffer'
import { OPERATION } from '../../../dissectors/acls.ts'
import { errorCode } from '../../../dissectors/errors.ts'
import { mayOnTopic } from '../access/access.ts'
import type { Answer, Context, Handler } from '../api.ts'
import type { StoredBatch } from '../batch-store.ts'
import { isControl } from '../batches.ts'
import type { Node } from '../cluster.ts'
import { epochProblem } from '../epoch.ts'
import type { Fetched, SessionRequest } from '../fetch-sessions.ts'
import type { EpochEnd } from '../leader-epochs.ts'
import { downConvert } from '../legacy.ts'
import type { PartitionLog } from '../log.ts'

interface Request extends SessionRequest {
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes?: number
  readonly isolationLevel?: number
}

/** One partition asked for: its log and how far to read it, or the name of an error. */
interface Wanted {
  readonly fetched: Fetched
  /** Undefined for a topic id that is unknown. */
  readonly name: string | undefined
  readonly log: PartitionLog | undefined
  readonly missing: string
}

/** KIP-74: the first batch is given whole whatever the limits; before, it is cut. */
const FIRST_WITH_WHOLE_BATCH = 3
/** KIP-951: who leads, where the client has it wrong. */
const FIRST_WITH_LEADER = 16
const MISLED = new Set([errorCode('FENCED_LEADER_EPOCH'), errorCode('NOT_LEADER_OR_FOLLOWER')])
const READ_COMMITTED = 1
const NOT_ALLOWED = errorCode('TOPIC_AUTHORIZATION_FAILED')

export const fetch: Handler<Request> = {
  apiKey: 1,
  versions: [0, 18],
  async handle(request, context) {
    const { broker, version } = context
    const opened = broker.fetchSessions.open(request, version)
    if (!('partitions' in opened)) return { errorCode: opened.error }
    const { session, full } = opened
    const wanted = opened.partitions.map((fetched) => resolve(fetched, context))
    if (!isEnough(request, wanted, context)) await enough(request, wanted, context)
    const limits = { left: Math.min(request.maxBytes ?? 0x7fffffff, broker.options.fetchMaxBytes), first: true }
    const told: { readonly fetched: Fetched; readonly answer: PartitionAnswer }[] = []
    for (const each of wanted) {
      const answer = read(each, request, limits, context)
      const state = { ...answer, hasRecords: answer.records.length > 0, diverges: answer.divergingEpoch !== undefined }
      if (broker.fetchSessions.tell(session, full, each.fetched, state)) told.push({ fetched: each.fetched, answer })
    }
    const misled = version >= FIRST_WITH_LEADER && told.some(({ answer }) => answer.currentLeader)
    return {
      sessionId: session?.id ?? 0,
      responses: byTopic(told),
      ...(misled && { nodeEndpoints: leadersOf(told, context) }),
    }
  },
}

/** The nodes that the client should have asked, once each. */
function leadersOf(told: readonly { readonly answer: PartitionAnswer }[], { broker }: Context): Node[] {
  const ids = new Set(told.map(({ answer }) => answer.currentLeader?.leaderId))
  return broker.cluster.nodes.filter(({ nodeId }) => ids.has(nodeId))
}

/** Neighbours of one topic are told of together. */
function byTopic(told: readonly { readonly fetched: Fetched; readonly answer: PartitionAnswer }[]): Answer[] {
  const topics: { topic: string | undefined; topicId: string | undefined; partitions: Answer[] }[] = []
  for (const { fetched, answer } of told) {
    const { topic, topicId } = fetched
    const last = topics.at(-1)
    if (last && last.topic === topic && last.topicId === topicId) last.partitions.push(answer)
    else topics.push({ topic, topicId, partitions: [answer] })
  }
  return topics
}

function resolve(fetched: Fetched, { broker }: Context): Wanted {
  const { topic: name, topicId, wanted } = fetched
  const topic = broker.topics.find({ name, topicId })
  const missing = topic || topicId === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'UNKNOWN_TOPIC_ID'
  return { fetched, name: topic?.name ?? name, log: topic?.partitions[wanted.partition], missing }
}

/** Returns an error code. */
function problemOf({ fetched: { wanted }, name, log, missing }: Wanted, context: Context): number {
  const { node } = context
  if (name !== undefined && !mayOnTopic(OPERATION.READ, name, context)) return NOT_ALLOWED
  if (!log || log.deleted) return errorCode(missing)
  if (log.leader !== node.nodeId) return errorCode('NOT_LEADER_OR_FOLLOWER')
  const fenced = epochProblem(wanted.currentLeaderEpoch, log)
  if (fenced !== 0) return fenced
  const { fetchOffset } = wanted
  if (fetchOffset < log.startOffset || fetchOffset > log.endOffset) return errorCode('OFFSET_OUT_OF_RANGE')
  // An epoch that this log knows nothing of.
  const unknown = (wanted.lastFetchedEpoch ?? -1) >= 0 && log.epochs.endOf(wanted.lastFetchedEpoch!, 0).epoch < 0
  return unknown ? errorCode('OFFSET_OUT_OF_RANGE') : 0
}

/** Where the reader's log and this one part ways; null where they do not (KIP-595). */
function divergence({ fetched: { wanted } }: Wanted, log: PartitionLog): EpochEnd | null {
  const { lastFetchedEpoch = -1, fetchOffset } = wanted
  if (lastFetchedEpoch < 0) return null
  const end = log.epochs.endOf(lastFetchedEpoch, log.endOffset)
  return end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset ? end : null
}

const isCommittedOnly = ({ isolationLevel }: Request): boolean => isolationLevel === READ_COMMITTED

/** Whether there is something to answer now: an error, or bytes enough. */
function isEnough(request: Request, wanted: readonly Wanted[], context: Context): boolean {
  let bytes = 0
  for (const each of wanted) {
    if (problemOf(each, context) !== 0 || divergence(each, each.log!)) return true
    const { fetchOffset, partitionMaxBytes } = each.fetched.wanted
    const available = each.log!.available(Number(fetchOffset), each.log!.endFor(isCommittedOnly(request)))
    bytes += Math.min(available, Math.max(0, partitionMaxBytes))
  }
  return wanted.length === 0 || bytes >= request.minBytes
}

/** Resolves when there is enough, when time is up, or when the client is gone. */
function enough(request: Request, wanted: readonly Wanted[], context: Context): Promise<void> {
  const { broker, signal } = context
  if (request.maxWaitMs <= 0 || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      cancelTimer()
      for (const stop of stops) stop()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const look = (): void => {
      if (isEnough(request, wanted, context)) done()
    }
    const stops = [...new Set(wanted.map((each) => each.log!))].map((log) => log.onAppend(look))
    const cancelTimer = broker.clock.after(request.maxWaitMs, done)
    signal.addEventListener('abort', done)
  })
}

/** `first`: no partition has given anything yet. */
interface Limits {
  left: number
  first: boolean
}

interface PartitionAnswer {
  readonly [field: string]: Answer[string]
  readonly errorCode: number
  readonly currentLeader?: { readonly leaderId: number; readonly leaderEpoch: number }
  readonly highWatermark: number
  readonly logStartOffset: number
  readonly records: Uint8Array
}

function failure({ fetched, log }: Wanted, error: number, { version }: Context): PartitionAnswer {
  const misled = version >= FIRST_WITH_LEADER && MISLED.has(error)
  return {
    partitionIndex: fetched.wanted.partition,
    errorCode: error,
    highWatermark: -1,
    logStartOffset: -1,
    // So does Apache Kafka, for whatever reason.
    abortedTransactions: log && !log.deleted && error !== NOT_ALLOWED ? null : [],
    records: new Uint8Array(0),
    ...(misled && { currentLeader: { leaderId: log!.leader, leaderEpoch: log!.leaderEpoch } }),
  }
}

function read(wanted: Wanted, request: Request, limits: Limits, context: Context): PartitionAnswer {
  const { fetched, log } = wanted
  const problem = problemOf(wanted, context)
  if (problem !== 0 || !log) return failure(wanted, problem, context)
  const { partition, partitionMaxBytes, fetchOffset } = fetched.wanted
  const state = {
    partitionIndex: partition,
    errorCode: 0,
    highWatermark: log.endOffset,
    lastStableOffset: log.lastStableOffset,
    logStartOffset: log.startOffset,
  }
  const divergingEpoch = divergence(wanted, log)
  if (divergingEpoch) {
    return { ...state, divergingEpoch: { ...divergingEpoch }, abortedTransactions: null, records: new Uint8Array(0) }
  }
  const offset = Number(fetchOffset)
  const maxBytes = Math.max(0, Math.min(partitionMaxBytes, limits.left))
  const committedOnly = isCommittedOnly(request)
  const batches = log.read(offset, maxBytes, limits.first, log.endFor(committedOnly))
  const found = recordsOf(batches, offset, maxBytes, log, context)
  if (!(found instanceof Uint8Array)) return failure(wanted, found.errorCode, context)
  if (found.length > 0) limits.first = false
  limits.left = Math.max(0, limits.left - found.length)
  const upTo = (batches.at(-1)?.lastOffset ?? -1) + 1
  const aborted = log.producers
    .abortedIn(offset, upTo)
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset }))
  return { ...state, abortedTransactions: committedOnly ? aborted : null, records: found }
}

/** As the version has them, or why they can't be had. */
function recordsOf(
  batches: readonly StoredBatch[],
  offset: number,
  maxBytes: number,
  log: PartitionLog,
  { version, broker }: Context,
): Uint8Array | { readonly errorCode: number } {
  if (version >= 4) return Buffer.concat(batches.map((batch) => batch.bytes))
  let own = batches.filter((batch) => !isControl(batch.bytes))
  // The old formats have no ends of transactions. A reader that gets nothing would not get over them.
  for (let last = batches.at(-1); own.length === 0 && last; ) {
    const [next] = log.read(last.lastOffset + 1, 0, true)
    own = next && !isControl(next.bytes) ? [next] : []
    last = next
  }
  const parts = downConvert(own, offset, version < 2 ? 0 : 1, broker.options.maxDecompressedBytes)
  if (!Array.isArray(parts)) return parts
  const records: Uint8Array = Buffer.concat(parts)
  return version < FIRST_WITH_WHOLE_BATCH ? records.subarray(0, maxBytes) : records
}
