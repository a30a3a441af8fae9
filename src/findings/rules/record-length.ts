import type { RecordsRule } from '../rule.ts'

/** The length of a record is not what its parts take. */
export const recordLength: RecordsRule = {
  kind: 'records',
  code: 'records/record-length',
  severity: 'error',
  problem: 'record-length',
  cause: 'record-length',
}
