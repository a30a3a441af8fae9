import { Bounded } from '../bounded.ts'
import { inBatch } from '../in-batch.ts'
import { PRODUCE } from '../produced.ts'
import type { SessionRule } from '../rule.ts'

const MAX_PRODUCERS = 5_000

/** A transactional producer that sends with an old epoch: another took its place. Told once an id and epoch. */
export const fencedProducer: SessionRule = {
  kind: 'session',
  code: 'protocol/fenced-producer',
  severity: 'warning',
  apis: [PRODUCE],
  watch({ produced, transactions }) {
    const told = new Bounded<string, true>(MAX_PRODUCERS)
    return {
      request(seen, tell) {
        const produce = produced.of(seen)
        const transaction = transactions.of(produce?.transactionalId ?? null)
        if (!produce || !transaction) return
        for (const { line, batches } of produce.partitions) {
          const index = batches.findIndex(
            ({ producerId, producerEpoch }) =>
              producerId === transaction.producerId && producerEpoch >= 0 && producerEpoch < transaction.epoch,
          )
          if (index < 0) continue
          const { producerId, producerEpoch } = batches[index]!
          const key = `${producerId} ${producerEpoch}`
          if (told.has(key)) return
          told.set(key, true)
          tell({
            ...inBatch(seen, 'request', line, batches, index, 'producerEpoch'),
            message: `Producer ${producerId} of "${produce.transactionalId}" sends with epoch ${producerEpoch}, but ${transaction.epoch} is given out: it is fenced, or does not know of its new epoch.`,
          })
          return
        }
      },
    }
  },
}
