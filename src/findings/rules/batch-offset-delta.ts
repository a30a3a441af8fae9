import type { RecordsRule } from '../rule.ts'

/** Offset deltas that do not ascend, or a last one that is not the header's. */
export const batchOffsetDelta: RecordsRule = {
  kind: 'records',
  code: 'records/batch-offset-delta',
  severity: 'error',
  problem: 'batch-offset-delta',
  cause: 'batch-offset-delta',
}
