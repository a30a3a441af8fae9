import type { RecordsRule } from '../rule.ts'

/** An LZ4 frame whose blocks are linked: it can be read, but not by brokers and Java clients. */
export const lz4Linked: RecordsRule = {
  kind: 'records',
  code: 'records/lz4-linked',
  severity: 'error',
  problem: 'batch-lz4-linked',
}
