import { bytesOf, type FlawRule } from '../rule.ts'

/** A tag whose size is not what its field takes: readers that trust the size misread what follows. */
export const tagSize: FlawRule = {
  kind: 'flaw',
  code: 'tag-size',
  flaw: 'tag-size',
  severity: 'error',
  describe: ({ flaw, path }) => `${path}: the tag claims ${bytesOf(flaw.wanted)}, its field takes ${flaw.had}.`,
  cause: {
    name: 'tag-size',
    evidence: (flaw) => ({ claimed: flaw.wanted, actual: flaw.had }),
    describe: () => 'the encoder wrote a wrong size in front of the tagged field',
  },
  example: {
    name: 'FetchRequest',
    version: 12,
    hex: 'ffffffff000001f400000001000000000000000000000000000101010100050261',
  },
}
