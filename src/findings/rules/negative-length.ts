import type { FlawRule } from '../rule.ts'

/** A length or count below -1, which stands for nothing. */
export const negativeLength: FlawRule = {
  kind: 'flaw',
  code: 'negative-length',
  flaw: 'negative',
  severity: 'error',
  describe: ({ flaw, path }) => `${path} has length ${flaw.wanted}; the only negative length there is, is -1 for null.`,
  cause: {
    name: 'negative-length',
    evidence: (flaw) => ({ claimed: flaw.wanted }),
    describe: ({ flaw }) => `a length of ${flaw.wanted} was written`,
  },
  example: { name: 'MetadataRequest', version: 1, hex: 'fffffffe' },
}
