import { bytesOf, type FlawRule } from '../rule.ts'

/** A field wants more bytes than are left. */
export const underflow: FlawRule = {
  kind: 'flaw',
  code: 'underflow',
  flaw: 'underflow',
  severity: 'error',
  describe: ({ flaw, node, path, noun, start }) =>
    `The ${noun} ends ${bytesOf(flaw.offset + flaw.had - start)} in: ${path} (${node.type}) needs ${bytesOf(flaw.wanted)} at ${flaw.offset}, ${flaw.had} left.`,
  example: { name: 'JoinGroupResponse', version: 5, hex: '00000000' },
}
