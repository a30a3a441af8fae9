/** Sets of partitions as the group APIs show them: by topic. */
import { splitKey } from './assignors.ts'

export type TopicPartitions = { readonly topicId: string; readonly partitions: readonly number[] }

/** Of partition keys. */
export function topicPartitions(keys: ReadonlySet<string>): TopicPartitions[] {
  const byTopic = new Map<string, number[]>()
  for (const key of keys) {
    const { topicId, partition } = splitKey(key)
    const known = byTopic.get(topicId)
    if (known) known.push(partition)
    else byTopic.set(topicId, [partition])
  }
  return [...byTopic].map(([topicId, partitions]) => ({ topicId, partitions: partitions.sort((a, b) => a - b) }))
}
