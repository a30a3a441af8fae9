import type { RecordsRule } from '../rule.ts'

/** The length of a batch does not fit its bytes. */
export const batchLength: RecordsRule = {
  kind: 'records',
  code: 'records/batch-length',
  severity: 'error',
  problem: 'batch-length',
  cause: 'batch-length',
}
