import type { RecordsRule } from '../rule.ts'

/** A batch whose offsets do not come after those of the batch before. */
export const batchOrder: RecordsRule = {
  kind: 'records',
  code: 'records/batch-order',
  severity: 'warning',
  problem: 'batch-order',
}
