import type { FlawRule } from '../rule.ts'

/** Tags that do not ascend (KIP-482). */
export const tagOrder: FlawRule = {
  kind: 'flaw',
  code: 'tag-order',
  flaw: 'tag-order',
  severity: 'warning',
  describe: ({ flaw, path }) => `${path}: tag ${flaw.wanted} stands after tag ${flaw.had}; tags ascend.`,
  cause: {
    name: 'tag-order',
    evidence: (flaw) => ({ tag: flaw.wanted }),
    describe: () => 'the encoder does not sort its tags',
  },
  example: { name: 'FindCoordinatorRequest', version: 3, hex: '0261000205000400' },
}
