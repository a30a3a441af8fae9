/** What ShareFetch and ShareAcknowledge have in common: sessions, and the acknowledgements that both carry. */
import { OPERATION } from '../../dissectors/acls.ts'
import { errorCode } from '../../dissectors/errors.ts'
import { mayOnTopic } from './access/access.ts'
import type { Context } from './api.ts'
import { partitionKey, splitKey } from './assignors.ts'
import { addTo } from './lists.ts'
import type { AckBatch, Refused } from './share-partition.ts'

export interface SharedTopic {
  readonly topicId: string
  readonly partitions: readonly {
    readonly partitionIndex: number
    readonly acknowledgementBatches: readonly AckBatch[]
  }[]
}

/** What became of a partition's acknowledgements; null: all well. */
export type Acknowledged = ReadonlyMap<string, Refused | null>

/** Takes the acknowledgements of a member, partition by partition; those with none are not in the outcome. */
export function acknowledge(
  context: Context,
  groupId: string,
  memberId: string,
  topics: readonly SharedTopic[],
  mayRenew: boolean,
): Acknowledged {
  const { broker } = context
  const { share } = broker.coordinator
  const outcome = new Map<string, Refused | null>()
  for (const { topicId, partitions } of topics) {
    const topic = broker.topics.getById(topicId)
    for (const { partitionIndex, acknowledgementBatches } of partitions) {
      if (acknowledgementBatches.length === 0) continue
      const key = partitionKey(topicId, partitionIndex)
      const state = share.get(groupId)?.partitions.get(key)
      if (!topic) outcome.set(key, { code: errorCode('UNKNOWN_TOPIC_ID'), message: null })
      else if (!mayOnTopic(OPERATION.READ, topic.name, context)) {
        outcome.set(key, { code: errorCode('TOPIC_AUTHORIZATION_FAILED'), message: null })
      } else if (!state) outcome.set(key, { code: errorCode('UNKNOWN_TOPIC_OR_PARTITION'), message: null })
      else outcome.set(key, state.acknowledge(memberId, acknowledgementBatches, share.limits(groupId), mayRenew))
    }
  }
  return outcome
}

/** By topic: what `entry` makes of each partition key. */
export function byTopic<T>(keys: Iterable<string>, entry: (key: string, partition: number) => T | null) {
  const topics = new Map<string, T[]>()
  for (const key of keys) {
    const { topicId, partition } = splitKey(key)
    const made = entry(key, partition)
    if (made !== null) addTo(topics, topicId, made)
  }
  return [...topics].map(([topicId, partitions]) => ({ topicId, partitions }))
}
