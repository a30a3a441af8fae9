import { ByConnection } from '../by-connection.ts'
import { FETCH } from '../fetched.ts'
import { inBatch } from '../in-batch.ts'
import { at, child, intOf } from '../lines.ts'
import { METADATA, metadataAnswer, topicsOf } from '../metadata.ts'
import type { SessionRule } from '../rule.ts'

/** Metadata has leader epochs from here on. */
const EPOCHS = 7
/** Partitions that are remembered of a connection. */
const MAX_LOGS = 2_000

/** A leader epoch that goes back: in Metadata answers of one connection, or along the batches of one fetch. */
export const leaderEpoch: SessionRule = {
  kind: 'session',
  code: 'protocol/leader-epoch',
  severity: 'warning',
  apis: [METADATA, FETCH],
  watch({ fetched, topics }) {
    const known = new ByConnection<Map<string, number>>()
    return {
      exchange(seen, tell) {
        if (seen.exchange.apiKey === FETCH) {
          for (const { batches, recordsLine, topic, partition } of fetched.of(seen)?.partitions ?? []) {
            let highest = -1
            const index = batches.findIndex(({ magic, partitionLeaderEpoch }) => {
              const back = magic === 2 && partitionLeaderEpoch < highest && partitionLeaderEpoch >= 0
              highest = Math.max(highest, partitionLeaderEpoch)
              return back
            })
            if (index < 0) continue
            tell({
              ...inBatch(seen, 'response', recordsLine, batches, index, 'partitionLeaderEpoch'),
              message: `${topic} [${partition}]: a batch of leader epoch ${batches[index]!.partitionLeaderEpoch} after one of a later epoch.`,
            })
          }
          return
        }
        const frame = metadataAnswer(seen)
        if (!frame || frame.apiVersion < EPOCHS) return
        const { connection } = seen.exchange
        const epochs = known.get(connection) ?? new Map<string, number>()
        if (epochs.size === 0) known.set(connection, epochs)
        for (const { name, partitions } of topicsOf(frame)) {
          for (const line of partitions) {
            const epoch = intOf(frame, line, 'leaderEpoch', -1)
            if (epoch < 0) continue
            const partition = intOf(frame, line, 'partitionIndex', -1)
            const key = `${name}#${topics.life(name ?? '')} ${partition}`
            const before = epochs.get(key)
            if (before === epoch) continue
            if (before !== undefined || epochs.size < MAX_LOGS) epochs.set(key, epoch)
            if (before === undefined || epoch > before) continue
            tell({
              ...at(seen, 'response', child(frame.table, line, 'leaderEpoch')),
              message: `${name ?? ''} [${partition}]: leader epoch ${epoch}, the same broker told ${before} before.`,
            })
          }
        }
      },
      closed: (connection) => known.delete(connection),
    }
  },
}
