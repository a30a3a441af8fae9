import type { RecordsRule } from '../rule.ts'

/** The CRC of a batch is not that of its bytes. */
export const batchCrc: RecordsRule = {
  kind: 'records',
  code: 'records/batch-crc',
  severity: 'error',
  problem: 'batch-crc',
  cause: 'batch-crc',
}
