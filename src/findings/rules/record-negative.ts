import type { RecordsRule } from '../rule.ts'

/** A negative count or length inside a record. */
export const recordNegative: RecordsRule = {
  kind: 'records',
  code: 'records/record-negative',
  severity: 'error',
  problem: 'record-negative',
  cause: 'negative-length',
}
