import type { RecordsRule } from '../rule.ts'

/** A batch says it has another number of records than are in it. */
export const batchCount: RecordsRule = {
  kind: 'records',
  code: 'records/batch-count',
  severity: 'error',
  problem: 'batch-count',
  cause: 'batch-count',
}
