import type { RecordsRule } from '../rule.ts'

/** Compressed records that cannot be decompressed. */
export const batchPayload: RecordsRule = {
  kind: 'records',
  code: 'records/batch-payload',
  severity: 'error',
  problem: 'batch-payload',
}
