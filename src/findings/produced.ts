/** A Produce exchange by its partitions: what was sent, and what the broker said of it. */
import type { BatchHeader } from '../../dissectors/records/header.ts'
import type { DecodedFrame } from '../codec/frame.ts'
import { contents } from '../codec/value.ts'
import { batchesIn } from './batches.ts'
import { child, elements, intOf, longOf, stringOf, top, whole } from './lines.ts'
import type { Seen } from './seen.ts'
import type { Topics } from './topics.ts'

export const PRODUCE = 0

export interface ProducedPartition {
  /** Name, or (from v13) id as Kafka prints it. */
  readonly topic: string
  readonly partition: number
  /** Topic in its present life, and partition: names the log in the whole session. */
  readonly log: string
  /** The line of the request's records field. */
  readonly line: number
  readonly batches: readonly BatchHeader[]
  /** Null where there is no answer for it. */
  readonly answer: {
    readonly line: number
    readonly errorCode: number
    readonly baseOffset: number | bigint
  } | null
}

export interface Produced {
  readonly transactionalId: string | null
  readonly partitions: readonly ProducedPartition[]
  /** By `topic partition`; null without an answer. */
  readonly answers: ReadonlyMap<string, NonNullable<ProducedPartition['answer']>> | null
}

/** Reads Produce exchanges, each once for all rules. */
export class ProducedReader {
  private last: { seen: Seen; produced: Produced | null } | null = null
  private readonly topics: Topics

  constructor(topics: Topics) {
    this.topics = topics
  }

  /** Null where the request is not there or can't be read. */
  of(seen: Seen): Produced | null {
    if (this.last?.seen !== seen) this.last = { seen, produced: this.read(seen) }
    return this.last.produced
  }

  private read(seen: Seen): Produced | null {
    const frame = seen.frame('request')
    if (!whole(frame)) return null
    const answer = seen.frame('response')
    const answers = whole(answer) ? answersOf(answer) : null
    const partitions: ProducedPartition[] = []
    const { table, bytes } = frame
    for (const topicLine of elements(table, top(frame, 'topicData'))) {
      const topic = stringOf(frame, topicLine, 'name') ?? stringOf(frame, topicLine, 'topicId') ?? ''
      for (const struct of elements(table, child(table, topicLine, 'partitionData'))) {
        const partition = intOf(frame, struct, 'index', -1)
        const line = child(table, struct, 'records')
        const range = line < 0 ? null : contents(bytes, table, line)
        partitions.push({
          topic,
          partition,
          log: `${topic}#${this.topics.life(topic)} ${partition}`,
          line,
          batches: range ? batchesIn(bytes, range[0], range[1]) : [],
          answer: answers?.get(`${topic} ${partition}`) ?? null,
        })
      }
    }
    return { transactionalId: stringOf(frame, frame.bodyLine, 'transactionalId'), partitions, answers }
  }
}

function answersOf(frame: DecodedFrame): Map<string, NonNullable<ProducedPartition['answer']>> {
  const { table } = frame
  const answers = new Map<string, NonNullable<ProducedPartition['answer']>>()
  for (const topicLine of elements(table, top(frame, 'responses'))) {
    const topic = stringOf(frame, topicLine, 'name') ?? stringOf(frame, topicLine, 'topicId') ?? ''
    for (const line of elements(table, child(table, topicLine, 'partitionResponses'))) {
      answers.set(`${topic} ${intOf(frame, line, 'index', -1)}`, {
        line,
        errorCode: intOf(frame, line, 'errorCode', 0),
        baseOffset: longOf(frame, line, 'baseOffset', -1),
      })
    }
  }
  return answers
}
