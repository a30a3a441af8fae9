import type { RecordsRule } from '../rule.ts'

/** A batch of a format that no Kafka has written. */
export const batchMagic: RecordsRule = {
  kind: 'records',
  code: 'records/batch-magic',
  severity: 'error',
  problem: 'batch-magic',
  cause: 'batch-magic',
}
