import type { RecordsRule } from '../rule.ts'

/** More records in a compressed batch than are looked at. */
export const batchTooLarge: RecordsRule = {
  kind: 'records',
  code: 'records/batch-too-large',
  severity: 'note',
  problem: 'batch-too-large',
}
