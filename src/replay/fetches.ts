/**
 * What a recording knows of each partition's log: which records were answered at which offset. A consumer that asks
 * for other partitions together than the recorded one did can still be answered.
 */

import { decodeFrame } from '../codec/frame.ts'
import { isObject, type JsonObject, type JsonValue } from '../codec/json-text.ts'
import { Run } from '../codec/run.ts'
import { valueAt } from '../codec/value.ts'
import type { Exchange } from '../session/exchange.ts'

const run = new Run()

export class RecordedFetches {
  /** By topic, partition and offset: the answer, the first one with records if there is one. */
  private readonly answers = new Map<string, JsonObject>()
  /** By topic and partition: the last answer that tells how far the log goes. */
  private readonly ends = new Map<string, JsonObject>()

  /** Takes a recorded Fetch. */
  add({ request, response }: Exchange): void {
    const asked = request && bodyWithRecords(request)
    const answered = response && bodyWithRecords(response)
    const offsets = new Map(partitionsOf(asked, 'topics').map(({ key, partition }) => [key, partition.fetchOffset]))
    for (const { key, partition } of partitionsOf(answered, 'responses')) {
      if (partition.errorCode !== 0) continue
      this.ends.set(key, partition)
      const place = `${key} ${offsets.get(key)}`
      if (!hasRecords(this.answers.get(place))) this.answers.set(place, partition)
    }
  }

  /**
   * The body that answers a Fetch without a session; null where the recording does not know one of its partitions at
   * its offset. `idle`: it holds no records.
   */
  compose(asked: JsonValue): { readonly body: JsonObject; readonly idle: boolean } | null {
    if (!isObject(asked) || (asked.sessionId ?? 0) !== 0) return null
    const responses: JsonObject[] = []
    let idle = true
    for (const topic of objects(asked.topics)) {
      const partitions: JsonObject[] = []
      for (const { partition, fetchOffset } of objects(topic.partitions)) {
        const key = keyOf(topic, partition)
        const end = this.ends.get(key)
        const known = this.answers.get(`${key} ${fetchOffset}`)
        if (!known && end?.highWatermark !== fetchOffset) return null
        const answer = known ?? { ...end!, records: '' }
        if (hasRecords(answer)) idle = false
        partitions.push(answer)
      }
      const { topic: name, topicId } = topic
      responses.push({
        ...(name === undefined ? {} : { topic: name }),
        ...(topicId === undefined ? {} : { topicId }),
        partitions,
      })
    }
    return { body: { throttleTimeMs: 0, errorCode: 0, sessionId: 0, responses }, idle }
  }
}

interface Place {
  readonly key: string
  readonly partition: JsonObject
}

function partitionsOf(body: JsonValue, field: 'topics' | 'responses'): Place[] {
  if (!isObject(body)) return []
  return objects(body[field]).flatMap((topic) =>
    objects(topic.partitions).map((partition) => ({
      key: keyOf(topic, partition.partition ?? partition.partitionIndex),
      partition,
    })),
  )
}

/** Topics go by name, from v13 on by id. */
const keyOf = ({ topic, topicId }: JsonObject, partition: JsonValue | undefined): string =>
  `${topic ?? topicId} ${partition}`

const hasRecords = (partition: JsonObject | undefined): boolean =>
  typeof partition?.records === 'string' && partition.records !== ''

const objects = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** A body with its records in base64; null where it can't be read to its end. */
function bodyWithRecords(frame: NonNullable<Exchange['request']>): JsonValue {
  const decoded = decodeFrame(frame.bytes, frame, run, frame.headerVersion)
  if (decoded.bodyLine < 0 || decoded.stopped || decoded.flaws.length > 0) return null
  return valueAt(decoded.bytes, decoded.table, decoded.bodyLine)
}
