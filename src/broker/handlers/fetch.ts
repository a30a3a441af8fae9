/**
 * Fetch: waits until there are minBytes, or maxWaitMs have passed. Fetch sessions (KIP-227) are refused by session id
 * 0, so every request names all its partitions. By topic id since v13; v0 to v3 get messages of magic 0 and 1.
 */
import { Buffer } from 'node:buffer'
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { epochProblem } from '../epoch.ts'
import { downConvert } from '../legacy.ts'
import type { PartitionLog } from '../log.ts'

interface Partition {
  readonly partition: number
  readonly currentLeaderEpoch?: number
  readonly fetchOffset: number | bigint
  readonly partitionMaxBytes: number
}

interface FetchTopic {
  readonly topic?: string
  readonly topicId?: string
  readonly partitions: readonly Partition[]
}

interface Request {
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes?: number
  readonly isolationLevel?: number
  readonly sessionEpoch?: number
  readonly topics: readonly FetchTopic[]
}

/** One partition asked for: its log and how far to read it, or an error code. */
interface Wanted {
  readonly partition: Partition
  readonly log: PartitionLog | undefined
  readonly missing: string
}

/** KIP-74: the first batch is given whole whatever the limits; before, it is cut. */
const FIRST_WITH_WHOLE_BATCH = 3
const READ_COMMITTED = 1

export const fetch: Handler<Request> = {
  apiKey: 1,
  versions: [0, 18],
  async handle(request, context) {
    const refused = sessionProblem(request)
    if (refused !== 0) return { errorCode: refused }
    const topics = request.topics.map((topic) => ({ topic, partitions: resolve(topic, context) }))
    const wanted = topics.flatMap(({ partitions }) => partitions)
    if (!isEnough(request, wanted)) await enough(request, wanted, context)
    const limits = { left: Math.min(request.maxBytes ?? 0x7fffffff, context.broker.options.fetchMaxBytes), first: true }
    return {
      responses: topics.map(({ topic, partitions }) => ({
        topic: topic.topic,
        topicId: topic.topicId,
        partitions: partitions.map((each) => read(each, request, limits, context)),
      })),
    }
  },
}

/** Epoch 0 asks for a new session, -1 for none: both get their data and no session. Others think they have one. */
function sessionProblem({ sessionEpoch = -1 }: Request): number {
  if (sessionEpoch <= 0) return 0
  return errorCode('FETCH_SESSION_ID_NOT_FOUND')
}

function resolve({ topic, topicId, partitions }: FetchTopic, { broker }: Context): Wanted[] {
  const found = broker.topics.find({ name: topic, topicId })
  const missing = found || topicId === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'UNKNOWN_TOPIC_ID'
  return partitions.map((partition) => ({ partition, log: found?.partitions[partition.partition], missing }))
}

function problemOf({ partition, log, missing }: Wanted): number {
  if (!log || log.deleted) return errorCode(missing)
  const fenced = epochProblem(partition.currentLeaderEpoch)
  if (fenced !== 0) return fenced
  const { fetchOffset } = partition
  return fetchOffset < log.startOffset || fetchOffset > log.endOffset ? errorCode('OFFSET_OUT_OF_RANGE') : 0
}

/** Whether there is something to answer now: an error, or bytes enough. */
function isEnough(request: Request, wanted: readonly Wanted[]): boolean {
  let bytes = 0
  for (const each of wanted) {
    if (problemOf(each) !== 0) return true
    const available = each.log!.available(Number(each.partition.fetchOffset))
    bytes += Math.min(available, Math.max(0, each.partition.partitionMaxBytes))
  }
  return wanted.length === 0 || bytes >= request.minBytes
}

/** Resolves when there is enough, when time is up, or when the client is gone. */
function enough(request: Request, wanted: readonly Wanted[], { broker, signal }: Context): Promise<void> {
  if (request.maxWaitMs <= 0 || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      cancelTimer()
      for (const stop of stops) stop()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const look = (): void => {
      if (isEnough(request, wanted)) done()
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

function read(wanted: Wanted, request: Request, limits: Limits, { version, broker }: Context): Answer {
  const { partition, log } = wanted
  const problem = problemOf(wanted)
  const failed = (errorCode: number): Answer => ({
    partitionIndex: partition.partition,
    errorCode,
    highWatermark: -1,
    // So does Apache Kafka, for whatever reason.
    abortedTransactions: log && !log.deleted ? null : [],
    records: new Uint8Array(0),
  })
  if (problem !== 0 || !log) return failed(problem)
  const offset = Number(partition.fetchOffset)
  const maxBytes = Math.max(0, Math.min(partition.partitionMaxBytes, limits.left))
  const batches = log.read(offset, maxBytes, limits.first)
  const old = version < 4
  const parts = old
    ? downConvert(batches, offset, version < 2 ? 0 : 1, broker.options.maxDecompressedBytes)
    : batches.map((batch) => batch.bytes)
  if (!Array.isArray(parts)) return failed(parts.errorCode)
  let records: Uint8Array = Buffer.concat(parts)
  if (version < FIRST_WITH_WHOLE_BATCH) records = records.subarray(0, maxBytes)
  if (records.length > 0) limits.first = false
  limits.left = Math.max(0, limits.left - records.length)
  return {
    partitionIndex: partition.partition,
    highWatermark: log.endOffset,
    lastStableOffset: log.endOffset,
    logStartOffset: log.startOffset,
    abortedTransactions: request.isolationLevel === READ_COMMITTED ? [] : null,
    records,
  }
}
