import type { RecordsRule } from '../rule.ts'

/** Timestamps of a batch and of its records that contradict each other. */
export const batchTimestamp: RecordsRule = {
  kind: 'records',
  code: 'records/batch-timestamp',
  severity: 'warning',
  problem: 'batch-timestamp',
}
