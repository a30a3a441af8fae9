import type { FlawRule } from '../rule.ts'

/** An unsigned varint of more than five bytes, or of more than 32 bits. */
export const varint: FlawRule = {
  kind: 'flaw',
  code: 'varint',
  flaw: 'varint',
  severity: 'error',
  describe: ({ path }) => `The varint of ${path} does not end within five bytes and 32 bits.`,
  cause: { name: 'varint-too-long', describe: () => 'these bytes were not written as a varint of 32 bits' },
  example: { name: 'FindCoordinatorRequest', version: 3, hex: 'ffffffffff01' },
}
