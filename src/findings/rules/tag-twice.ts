import type { FlawRule } from '../rule.ts'

/** A tag that stands twice in one buffer (KIP-482): readers keep one of the two. */
export const tagTwice: FlawRule = {
  kind: 'flaw',
  code: 'tag-twice',
  flaw: 'tag-twice',
  severity: 'error',
  describe: ({ flaw, path }) => `${path}: tag ${flaw.wanted} is there twice.`,
  cause: {
    name: 'duplicate-tag',
    evidence: (flaw) => ({ tag: flaw.wanted }),
    describe: ({ flaw }) => `tag ${flaw.wanted} was written twice`,
  },
  example: { name: 'FindCoordinatorRequest', version: 3, hex: '0261000205000500' },
}
