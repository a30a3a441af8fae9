import type { FlawRule } from '../rule.ts'

/** Null where this version has none: Kafka's own readers refuse it. */
export const forbiddenNull: FlawRule = {
  kind: 'flaw',
  code: 'null',
  flaw: 'null',
  severity: 'error',
  describe: ({ path, message }) => `${path} is null, which ${message} does not allow.`,
  cause: { name: 'null-not-allowed', describe: ({ path }) => `the encoder wrote null for ${path}` },
  example: { name: 'HeartbeatRequest', version: 0, hex: 'ffff000000000001006d' },
}
