import type { NestedRule } from '../rule.ts'

/** Bytes that must hold a message (a subscription, an assignment, an enveloped request) and do not decode as one. */
export const nested: NestedRule = {
  kind: 'nested',
  code: 'body/nested',
  severity: 'error',
  describe: ({ path, title, message }) => `${path} should hold ${title}: ${message}`,
}
