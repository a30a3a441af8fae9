/**
 * What a topic's settings ask of each record that is written to it (LogValidator of Apache Kafka): a key where the topic is
 * compacted, a time that is not too far off, or the broker's own time.
 */
import { errorCode } from '../../dissectors/errors.ts'
import { CODECS, type Codec } from '../../dissectors/records/compression.ts'
import { ATTRIBUTES_AT, CRC_AT, LOG_APPEND_TIME, MAX_TIMESTAMP_AT } from '../../dissectors/records/format.ts'
import { batchHeader } from '../../dissectors/records/header.ts'
import { crc32c } from '../bytes/crc32c.ts'
import { setI16, setI32, setI64 } from '../bytes/patch.ts'
import type { Settings } from './settings.ts'
import { settingOf } from './topic-configs.ts'
import type { Topic } from './topics.ts'

export interface RecordRules {
  /** `topic-partition`, for what is said of a record. */
  readonly place: string
  /** cleanup.policy has compact: records have a key. */
  readonly keyed: boolean
  /** message.timestamp.type: the broker's time counts, not the producer's. */
  readonly logAppendTime: boolean
  /** message.timestamp.before.max.ms and after.max.ms. */
  readonly before: number
  readonly after: number
  /** compression.type; null where the producer's codec stays. */
  readonly codec: Codec | null
  /** The broker's clock, ms since 1970. */
  readonly now: number
}

/** As ProduceResponse has it since v8 (KIP-467). */
export type RecordError = {
  readonly batchIndex: number
  readonly batchIndexErrorMessage: string
}

/** As `Refusal` of batches.ts. */
interface RecordProblem {
  readonly errorCode: number
  readonly message: string
  readonly records: readonly RecordError[]
}

/** Answers name so many records at most. */
const MAX_NAMED = 1000
const NO_TIMESTAMP = -1
const INVALID_RECORD = errorCode('INVALID_RECORD')
const INVALID_TIMESTAMP = errorCode('INVALID_TIMESTAMP')

/** Whatever comes is taken. */
export const NO_RULES: RecordRules = {
  ...{ place: '', keyed: false, logAppendTime: false, codec: null, now: 0 },
  before: Number.POSITIVE_INFINITY,
  after: Number.POSITIVE_INFINITY,
}

/** The rules of a partition. */
export function rulesOf(topic: Topic, index: number, settings: Settings, now: number): RecordRules {
  const of = (name: string): string => settingOf(topic.configs, settings, name)
  return {
    ...{ place: `${topic.name}-${index}`, now },
    keyed: of('cleanup.policy').includes('compact'),
    logAppendTime: of('message.timestamp.type') === 'LogAppendTime',
    before: Number(of('message.timestamp.before.max.ms')),
    after: Number(of('message.timestamp.after.max.ms')),
    codec: codecNamed(of('compression.type')),
  }
}

/** `producer` is none; `uncompressed` is what codecs call none. */
function codecNamed(type: string): Codec | null {
  return type === 'uncompressed' ? 'none' : (CODECS.find((each) => each === type) ?? null)
}

/** Looks at the records of one batch. */
export class RecordCheck {
  readonly rules: RecordRules
  /** Of the records that were looked at; -1 before the first. */
  maxTimestamp: number | bigint = NO_TIMESTAMP
  private readonly named: RecordError[] = []
  private count = 0
  private timely = true

  constructor(rules: RecordRules) {
    this.rules = rules
  }

  /** A record, by its index in the batch; `timestamp` in ms. */
  look(index: number, hasKey: boolean, timestamp: number | bigint): void {
    if (timestamp > this.maxTimestamp) this.maxTimestamp = timestamp
    const { keyed, logAppendTime, place } = this.rules
    if (keyed && !hasKey) {
      this.add(index, `Compacted topic cannot accept message without key in topic partition ${place}`)
    } else if (!logAppendTime && this.isFarOff(timestamp)) this.untimely(index, timestamp)
  }

  private isFarOff(timestamp: number | bigint): boolean {
    const { before, after, now } = this.rules
    const ago = now - Number(timestamp)
    return timestamp !== NO_TIMESTAMP && (ago > before || -ago > after)
  }

  private untimely(index: number, timestamp: number | bigint): void {
    const { before, after, now } = this.rules
    const bounds = `[${BigInt(now) - BigInt(before)}, ${BigInt(now) + BigInt(after)}]`
    this.timely = false
    this.add(
      index,
      `Timestamp ${timestamp} of message with offset ${index} is out of range. The timestamp should be within ${bounds}`,
    )
  }

  private add(batchIndex: number, batchIndexErrorMessage: string): void {
    this.count++
    if (this.named.length < MAX_NAMED) this.named.push({ batchIndex, batchIndexErrorMessage })
  }

  /** Why the batch is refused; null where all records keep the rules. */
  get problem(): RecordProblem | null {
    if (this.count === 0) return null
    const records = this.named
    if (!this.timely) {
      const message = 'One or more records have been rejected due to invalid timestamp'
      return { errorCode: INVALID_TIMESTAMP, message, records }
    }
    const first = records
      .slice(0, 3)
      .map((each) => `RecordError(batchIndex=${each.batchIndex}, message='${each.batchIndexErrorMessage}')`)
    const message = `One or more records have been rejected due to ${this.count} record errors in total, and only showing the first three errors at most: [${first.join(', ')}]`
    return { errorCode: INVALID_RECORD, message, records }
  }
}

/**
 * Makes a batch's time type that of the topic, in a copy where it is another: with LogAppendTime its largest timestamp is
 * the broker's time, else that of its records (as the check of them found), whatever the producer said. The CRC is made
 * anew where anything changed.
 */
export function stamp(bytes: Uint8Array, { rules: { logAppendTime, now }, maxTimestamp }: RecordCheck): Uint8Array {
  const header = batchHeader(bytes, 0)!
  const max = logAppendTime ? now : maxTimestamp
  const others = header.attributes & ~LOG_APPEND_TIME
  const attributes = logAppendTime ? others | LOG_APPEND_TIME : others
  if (attributes === header.attributes && header.maxTimestamp === max) return bytes
  const own = new Uint8Array(bytes)
  setI16(own, ATTRIBUTES_AT, attributes)
  setI64(own, MAX_TIMESTAMP_AT, max)
  setI32(own, CRC_AT, crc32c(own, ATTRIBUTES_AT))
  return own
}
