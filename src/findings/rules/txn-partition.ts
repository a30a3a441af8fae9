import { TRANSACTIONAL } from '../../../dissectors/records/format.ts'
import { at } from '../lines.ts'
import { PRODUCE } from '../produced.ts'
import type { SessionRule } from '../rule.ts'

/** From here on producing adds the partition (KIP-890). */
const ADDS = 12

/** Transactional records for a partition that was not added to the transaction (AddPartitionsToTxn). */
export const txnPartition: SessionRule = {
  kind: 'session',
  code: 'protocol/txn-partition',
  severity: 'warning',
  apis: [PRODUCE],
  watch: ({ produced, transactions }) => ({
    request(seen, tell) {
      if (seen.exchange.apiVersion >= ADDS) return
      const produce = produced.of(seen)
      const transaction = transactions.of(produce?.transactionalId ?? null)
      if (!produce || !transaction?.known) return
      const index = produce.partitions.findIndex(
        ({ topic, partition, batches }) =>
          batches.some(({ attributes }) => attributes & TRANSACTIONAL) &&
          !transaction.partitions.has(`${topic} ${partition}`),
      )
      if (index < 0) return
      const { topic, partition, line } = produce.partitions[index]!
      tell({
        ...at(seen, 'request', line),
        message: `${topic} [${partition}] is produced to in the transaction of "${produce.transactionalId}", to which it was not added.`,
      })
    },
  }),
}
