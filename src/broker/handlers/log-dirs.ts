/** DescribeLogDirs and AlterReplicaLogDirs: all logs are in one place, which is memory. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Handler } from '../api.ts'

/** The name that stands for it. */
export const LOG_DIR = '/in-memory'

interface TopicPartitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

export const describeLogDirs: Handler<{ readonly topics: readonly TopicPartitions[] | null }> = {
  apiKey: 35,
  versions: [0, 5],
  handle({ topics }, { broker, node }) {
    const wanted = topics && new Map(topics.map(({ topic, partitions }) => [topic, new Set(partitions)]))
    const all = broker.topics.all()
    const held = all.flatMap(({ partitions }) => partitions).reduce((sum, log) => sum + log.size, 0)
    const described = all.map(({ name, partitions }) => ({
      name,
      partitions: partitions.flatMap((log, partitionIndex) => {
        const asked = wanted === null || wanted.get(name)?.has(partitionIndex)
        return asked && log.replicas.includes(node.nodeId)
          ? [{ partitionIndex, partitionSize: log.size, offsetLag: 0, isFutureKey: false }]
          : []
      }),
    }))
    const { retentionBytes } = broker.options
    return {
      results: [
        {
          logDir: LOG_DIR,
          topics: described.filter(({ partitions }) => partitions.length > 0),
          totalBytes: retentionBytes,
          usableBytes: Math.max(0, retentionBytes - held),
        },
      ],
    }
  },
}

interface AlterRequest {
  readonly dirs: readonly {
    readonly path: string
    readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[]
  }[]
}

export const alterReplicaLogDirs: Handler<AlterRequest> = {
  apiKey: 34,
  versions: [0, 2],
  handle({ dirs }, { broker }) {
    const byTopic = new Map<string, { partitionIndex: number; errorCode: number }[]>()
    for (const { path, topics } of dirs) {
      for (const { name, partitions } of topics) {
        const results = byTopic.get(name) ?? []
        byTopic.set(name, results)
        for (const partitionIndex of partitions) {
          const known = broker.topics.get(name)?.partitions[partitionIndex]
          const error = path !== LOG_DIR ? 'LOG_DIR_NOT_FOUND' : known ? null : 'UNKNOWN_TOPIC_OR_PARTITION'
          results.push({ partitionIndex, errorCode: error === null ? 0 : errorCode(error) })
        }
      }
    }
    return { results: [...byTopic].map(([topicName, partitions]) => ({ topicName, partitions })) }
  },
}
