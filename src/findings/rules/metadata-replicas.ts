import type { DecodedFrame } from '../../codec/frame.ts'
import { Bounded } from '../bounded.ts'
import { at, child, int32s, intOf } from '../lines.ts'
import { brokersOf, METADATA, metadataAnswer, topicsOf } from '../metadata.ts'
import type { SessionRule } from '../rule.ts'

const MAX_CONNECTIONS = 10_000

/**
 * In-sync replicas that are no replicas, or that no broker of the answer is; a leader that is no replica. Replicas that
 * are down are no brokers of an answer, so of those alone nothing is said. Told once a connection.
 */
export const metadataReplicas: SessionRule = {
  kind: 'session',
  code: 'protocol/metadata-replicas',
  severity: 'warning',
  apis: [METADATA],
  watch() {
    const told = new Bounded<number, true>(MAX_CONNECTIONS)
    return {
      exchange(seen, tell) {
        const frame = metadataAnswer(seen)
        const { connection } = seen.exchange
        if (!frame || told.has(connection.id)) return
        const brokers = new Set(brokersOf(frame).map(({ id }) => id))
        for (const topic of topicsOf(frame)) {
          for (const partition of topic.partitions) {
            const wrong = judge(frame, partition, brokers)
            if (!wrong) continue
            told.set(connection.id, true)
            const name = `${topic.name ?? ''} [${intOf(frame, partition, 'partitionIndex', -1)}]`
            const { line, what, severity } = wrong
            tell({ ...at(seen, 'response', line), severity, message: `${name}: ${what}.` })
            return
          }
        }
      },
    }
  },
}

function judge(frame: DecodedFrame, partition: number, brokers: ReadonlySet<number>) {
  const { table } = frame
  const replicas = new Set(int32s(frame, child(table, partition, 'replicaNodes')).map(({ value }) => value))
  const isrLine = child(table, partition, 'isrNodes')
  const isr = int32s(frame, isrLine).map(({ value }) => value)
  const leader = intOf(frame, partition, 'leaderId', -1)
  const stranger = isr.find((id) => !replicas.has(id))
  if (stranger !== undefined) {
    return { line: isrLine, what: `${stranger} is in sync, but no replica`, severity: 'warning' as const }
  }
  if (leader >= 0 && replicas.size > 0 && !replicas.has(leader)) {
    return {
      line: child(table, partition, 'leaderId'),
      what: `${leader} leads, but is no replica`,
      severity: 'warning' as const,
    }
  }
  const gone = isr.find((id) => !brokers.has(id))
  if (gone === undefined) return null
  return { line: isrLine, what: `${gone} is in sync, but no broker of this answer`, severity: 'note' as const }
}
