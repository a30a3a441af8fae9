import type { RecordsRule } from '../rule.ts'

/** A varint inside a record that is cut, too long, or longer than need be. */
export const recordVarint: RecordsRule = {
  kind: 'records',
  code: 'records/record-varint',
  severity: 'error',
  problem: 'record-varint',
  cause: 'varint-too-long',
}
