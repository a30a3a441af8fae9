import { bytesOf, type FlawRule } from '../rule.ts'

/** A length that claims more bytes than are left. */
export const claimedLength: FlawRule = {
  kind: 'flaw',
  code: 'length',
  flaw: 'length',
  severity: 'error',
  describe: ({ flaw, path, noun }) =>
    `${path} claims ${bytesOf(flaw.wanted)}, but the ${noun} has only ${flaw.had} left after its length.`,
  example: { name: 'HeartbeatRequest', version: 0, hex: '00ff67' },
}
