import type { RecordsRule } from '../rule.ts'

/** A codec that does not exist, or another than the payload was compressed with. */
export const batchCodec: RecordsRule = {
  kind: 'records',
  code: 'records/batch-codec',
  severity: 'error',
  problem: 'batch-codec',
  cause: 'batch-codec',
}
