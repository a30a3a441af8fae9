import { at, child, intOf } from '../lines.ts'
import { brokersOf, METADATA, metadataAnswer, topicsOf } from '../metadata.ts'
import type { SessionRule } from '../rule.ts'

/**
 * A leader that is no broker of the same answer, without an error that says so: brokers answer LEADER_NOT_AVAILABLE then
 * (KRaftMetadataCache.getPartitionMetadata).
 */
export const metadataLeader: SessionRule = {
  kind: 'session',
  code: 'protocol/metadata-leader',
  severity: 'error',
  apis: [METADATA],
  watch: () => ({
    exchange(seen, tell) {
      const frame = metadataAnswer(seen)
      if (!frame) return
      const brokers = brokersOf(frame)
      const ids = new Set(brokers.map(({ id }) => id))
      for (const { name, partitions } of topicsOf(frame)) {
        for (const partition of partitions) {
          const leader = intOf(frame, partition, 'leaderId', -1)
          if (ids.has(leader) || intOf(frame, partition, 'errorCode', 0) !== 0) continue
          tell({
            ...at(seen, 'response', child(frame.table, partition, 'leaderId')),
            message: `${name ?? ''} [${intOf(frame, partition, 'partitionIndex', -1)}] is led by ${leader}, which is none of the ${brokers.length} brokers of this answer, and there is no error.`,
          })
          return
        }
      }
    },
  }),
}
