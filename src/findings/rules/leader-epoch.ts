import { Bounded } from '../bounded.ts'
import { FETCH } from '../fetched.ts'
import { inBatch } from '../in-batch.ts'
import { at, child, elements, intOf, stringOf, top, whole } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

const METADATA = 3
const MAX_LOGS = 20_000

/** A leader epoch that goes back: in Metadata answers of one connection, or along the batches of one fetch. */
export const leaderEpoch: SessionRule = {
  kind: 'session',
  code: 'protocol/leader-epoch',
  severity: 'warning',
  apis: [METADATA, FETCH],
  watch({ fetched, topics }) {
    const known = new Bounded<string, number>(MAX_LOGS)
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
        const frame = seen.frame('response')
        if (!whole(frame)) return
        for (const topicLine of elements(frame.table, top(frame, 'topics'))) {
          const name = stringOf(frame, topicLine, 'name') ?? stringOf(frame, topicLine, 'topicId') ?? ''
          for (const line of elements(frame.table, child(frame.table, topicLine, 'partitions'))) {
            const epoch = intOf(frame, line, 'leaderEpoch', -1)
            if (epoch < 0) continue
            const partition = intOf(frame, line, 'partitionIndex', -1)
            const key = `${seen.exchange.connection.id} ${name}#${topics.life(name)} ${partition}`
            const before = known.get(key) ?? -1
            known.set(key, epoch)
            if (epoch >= before) continue
            tell({
              ...at(seen, 'response', child(frame.table, line, 'leaderEpoch')),
              message: `${name} [${partition}]: leader epoch ${epoch}, the same broker told ${before} before.`,
            })
          }
        }
      },
    }
  },
}
