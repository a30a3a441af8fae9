/** Produce: v0 to v2 carry message sets of magic 0 and 1, later ones one batch of magic 2; since v13 by topic id. */
import { errorCode } from '../../../dissectors/errors.ts'
import { TRANSACTIONAL } from '../../../dissectors/records/format.ts'
import type { BatchHeader } from '../../../dissectors/records/header.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { type BatchLimits, checkBatch, early, type Refusal, refusal } from '../batches.ts'
import { isInternal } from '../internal-topics.ts'
import { upConvert } from '../legacy.ts'
import type { PartitionLog } from '../log.ts'
import { recompress } from '../recompress.ts'
import { RecordCheck, rulesOf, stamp } from '../record-rules.ts'
import type { Topic } from '../topics.ts'
import { asLeader } from '../txn-errors.ts'

interface Partition {
  readonly index: number
  readonly records: Uint8Array | null
}

interface Request {
  readonly transactionalId?: string | null
  readonly acks: number
  readonly topicData: readonly {
    readonly name?: string
    readonly topicId?: string
    readonly partitionData: readonly Partition[]
  }[]
}

/** KIP-890: TRANSACTION_ABORTABLE, and partitions that take part without AddPartitionsToTxn. */
const FIRST_ABORTABLE = 11
const FIRST_ADDING = 12
/** KIP-951: who leads, where the client has it wrong. */
const FIRST_WITH_LEADER = 10
const NOT_LEADER = errorCode('NOT_LEADER_OR_FOLLOWER')
/** KIP-467 */
const FIRST_WITH_RECORD_ERRORS = 8
/** KIP-98: batches of magic 2. */
const FIRST_WITH_BATCHES = 3
/** The client id that may write into internal topics (ReplicaManager and AdminUtils of Apache Kafka). */
const ADMIN_CLIENT = '__admin_client'
const ACKS = [-1, 0, 1]

export const produce: Handler<Request> = {
  apiKey: 0,
  versions: [0, 13],
  handle(request, context) {
    const { broker, version } = context
    const acksFit = ACKS.includes(request.acks)
    let received = 0
    const responses = request.topicData.map(({ name, topicId, partitionData }) => {
      const topic = broker.topics.find({ name, topicId })
      const missing = topicId === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'UNKNOWN_TOPIC_ID'
      return {
        name,
        topicId,
        partitionResponses: partitionData.map(({ index, records }) => {
          const log = topic?.partitions[index]
          const result = !acksFit
            ? early('INVALID_REQUIRED_ACKS', 'acks must be -1, 0 or 1')
            : log
              ? append({ topic: topic!, index, log }, records, request, context)
              : refusal(
                  topic ? 'UNKNOWN_TOPIC_OR_PARTITION' : missing,
                  'This server does not host this topic-partition.',
                )
          received += records?.length ?? 0
          return partitionAnswer(index, result, log, version)
        }),
      }
    })
    broker.topics.enforceRetention(broker.options.retentionBytes, received)
    if (request.acks !== 0) {
      const leaders = new Set(
        responses.flatMap((each) => each.partitionResponses.map((p) => p.currentLeader?.leaderId)),
      )
      return { responses, nodeEndpoints: broker.cluster.nodes.filter(({ nodeId }) => leaders.has(nodeId)) }
    }
    // Without an answer, a closed connection is how Apache Kafka tells a client of an error.
    return responses.some(({ partitionResponses }) => partitionResponses.some(failed)) ? 'close' : null
  },
}

const failed = (partition: PartitionAnswer): boolean => partition.errorCode !== 0

interface PartitionAnswer {
  readonly [field: string]: Answer[string]
  readonly errorCode: number
  readonly currentLeader?: { readonly leaderId: number; readonly leaderEpoch: number }
}

/** Apache Kafka tells the log start offset with all but these errors of a partition that is there. */
const WITHOUT_LOG_START = new Set([errorCode('CORRUPT_MESSAGE'), errorCode('MESSAGE_TOO_LARGE')])

function partitionAnswer(
  index: number,
  result: Appended | Refusal,
  log: PartitionLog | undefined,
  version: number,
): PartitionAnswer {
  const logStartOffset = log?.startOffset ?? -1
  if (!('errorCode' in result)) return { index, errorCode: 0, errorMessage: null, logStartOffset, ...result }
  return {
    index,
    errorCode: result.errorCode,
    baseOffset: -1,
    logStartOffset: result.early || WITHOUT_LOG_START.has(result.errorCode) ? -1 : logStartOffset,
    errorMessage: result.message,
    ...(result.records && version >= FIRST_WITH_RECORD_ERRORS ? { recordErrors: result.records } : {}),
    ...(version >= FIRST_WITH_LEADER &&
      log &&
      result.errorCode === NOT_LEADER && { currentLeader: { leaderId: log.leader, leaderEpoch: log.leaderEpoch } }),
  }
}

/** The base offset is -1 where there were no records. A batch that was there already comes with its own time. */
interface Appended {
  readonly baseOffset: number
  readonly logAppendTimeMs?: number | bigint
}

interface Place {
  readonly topic: Topic
  readonly index: number
  readonly log: PartitionLog
}

/** Appends what a partition of the request has, or says why not. */
function append(
  place: Place,
  records: Uint8Array | null,
  { transactionalId = null }: Request,
  context: Context,
): Appended | Refusal {
  const { broker, node, version, clientId } = context
  const { log } = place
  if (log.leader !== node.nodeId) {
    return early('NOT_LEADER_OR_FOLLOWER', `Node ${log.leader} leads the partition, not ${node.nodeId}.`)
  }
  if (isInternal(place.topic.name) && clientId !== ADMIN_CLIENT) {
    return early('INVALID_TOPIC_EXCEPTION', `Cannot append to internal topic ${place.topic.name}`)
  }
  const bytes = records ?? new Uint8Array(0)
  const { maxDecompressedBytes } = broker.options
  const limits: BatchLimits = { maxDecompressedBytes, messageMaxBytes: broker.messageMaxBytes(place.topic) }
  const now = broker.clock.now()
  const check = new RecordCheck(rulesOf(place.topic, place.index, broker.settings, now))
  if (version < FIRST_WITH_BATCHES) {
    const batch = upConvert(bytes, limits, check)
    if (batch === null) return { baseOffset: -1 }
    return batch instanceof Uint8Array ? appended(place, batch, check, limits) : batch
  }
  const checked = checkBatch(bytes, version, limits, check)
  if ('errorCode' in checked) return checked
  if (checked.attributes & TRANSACTIONAL) {
    if (transactionalId === null) {
      return early('TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'a transactional batch without a transactional id')
    }
    const problem = txnProblem(place, transactionalId, checked, context)
    if (problem) return problem
  }
  const strict = version >= FIRST_ADDING && (checked.attributes & TRANSACTIONAL) !== 0
  const verdict = log.producers.check(checked, now, strict)
  if ('duplicateOf' in verdict) return { baseOffset: verdict.duplicateOf, logAppendTimeMs: verdict.timestamp }
  if ('error' in verdict) return { errorCode: verdict.error, message: verdict.message }
  return appended(place, bytes, check, limits)
}

/** Appends a batch as the topic wants it. */
function appended({ log }: Place, batch: Uint8Array, check: RecordCheck, limits: BatchLimits): Appended | Refusal {
  const { codec, logAppendTime, now } = check.rules
  const kept = codec === null ? batch : recompress(batch, codec, limits.maxDecompressedBytes)
  if (kept.length > limits.messageMaxBytes && kept !== batch) {
    return refusal('MESSAGE_TOO_LARGE', `a batch of ${kept.length} bytes, ${limits.messageMaxBytes} are allowed`)
  }
  const baseOffset = log.append(stamp(kept, check), now)
  return logAppendTime ? { baseOffset, logAppendTimeMs: now } : { baseOffset }
}

/** The partition must take part in its producer's transaction; from v12 on it does from now on. */
function txnProblem(place: Place, id: string, header: BatchHeader, { broker, version }: Context): Refusal | null {
  const { topic, index, log } = place
  const who = { producerId: header.producerId, epoch: header.producerEpoch }
  if (log.producers.isOpen(who.producerId, who.epoch)) return null
  const error =
    version >= FIRST_ADDING
      ? broker.transactions.add(id, who, new Map([[topic.name, new Set([index])]]), 2)
      : broker.transactions.verify(id, who, topic.name, index)
  if (error === 0) return null
  return { errorCode: asLeader(error, version >= FIRST_ABORTABLE), message: 'The partition is not in the transaction.' }
}
