import type { FlawRule } from '../rule.ts'

/** A tag that another version of this struct has, but this one has not: Kafka's own readers refuse it. */
export const tagVersion: FlawRule = {
  kind: 'flaw',
  code: 'tag-version',
  flaw: 'tag-version',
  severity: 'error',
  describe: ({ flaw, path, message }) =>
    `${path}: tag ${flaw.wanted} belongs to another version, ${message} has no such tag.`,
  cause: {
    name: 'tag-version',
    evidence: (flaw) => ({ tag: flaw.wanted }),
    describe: () => 'the encoder wrote the tag of another version',
  },
  example: { name: 'FetchRequest', version: 12, hex: 'ffffffff000001f40000000100000000000000000000000000010101010100' },
}
