import type { RecordsRule } from '../rule.ts'

/** Bytes in a batch after its last record. */
export const batchTrailing: RecordsRule = {
  kind: 'records',
  code: 'records/batch-trailing',
  severity: 'error',
  problem: 'batch-trailing',
  cause: 'trailing-bytes',
}
