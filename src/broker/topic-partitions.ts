/** Sets of partitions as the group APIs show them: by topic. */
import { splitKey } from './assignors.ts'
import { addTo } from './lists.ts'
import type { Topics } from './topics.ts'

export type TopicPartitions = { readonly topicId: string; readonly partitions: readonly number[] }

/** Of partition keys. */
export function topicPartitions(keys: Iterable<string>): TopicPartitions[] {
  const byTopic = new Map<string, number[]>()
  for (const key of keys) {
    const { topicId, partition } = splitKey(key)
    addTo(byTopic, topicId, partition)
  }
  return [...byTopic].map(([topicId, partitions]) => ({ topicId, partitions: partitions.sort((a, b) => a - b) }))
}

/** With the topics' names; those that are gone are left out. */
export function namedPartitions(keys: Iterable<string>, topics: Topics): (TopicPartitions & { topicName: string })[] {
  return topicPartitions(keys).flatMap((each) => {
    const topicName = topics.getById(each.topicId)?.name
    return topicName === undefined ? [] : [{ ...each, topicName }]
  })
}
