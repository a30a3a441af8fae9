import type { FlawRule } from '../rule.ts'

/** A boolean that is neither 0 nor 1. Kafka's readers take any non-zero byte as true. */
export const boolean: FlawRule = {
  kind: 'flaw',
  code: 'boolean',
  flaw: 'boolean',
  severity: 'warning',
  describe: ({ path }) => `${path} is a boolean, but its byte is neither 0 nor 1.`,
  cause: { name: 'bad-boolean', describe: () => 'the encoder wrote a byte that is no boolean' },
  example: { name: 'MetadataRequest', version: 4, hex: '0000000007' },
}
