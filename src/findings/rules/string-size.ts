import { bytesOf, type FlawRule } from '../rule.ts'

/** A string longer than 32,767 bytes: Kafka's readers refuse it, in compact form too. */
export const stringSize: FlawRule = {
  kind: 'flaw',
  code: 'string-size',
  flaw: 'string-size',
  severity: 'error',
  describe: ({ flaw, path }) => `${path} is a string of ${bytesOf(flaw.wanted)}; Kafka takes at most ${flaw.had}.`,
  example: { name: 'FindCoordinatorRequest', version: 3, hex: `818002${'61'.repeat(32768)}0000` },
}
