import { bytesOf, type FlawRule } from '../rule.ts'

/** A varint that takes more bytes than its value needs. Kafka's readers take it, strict ones do not. */
export const varintSize: FlawRule = {
  kind: 'flaw',
  code: 'varint-size',
  flaw: 'varint-size',
  severity: 'warning',
  describe: ({ flaw, path }) => `The varint of ${path} takes ${bytesOf(flaw.had)}, where ${flaw.wanted} would do.`,
  cause: {
    name: 'varint-not-minimal',
    evidence: (flaw) => ({ claimed: flaw.wanted, actual: flaw.had }),
    describe: () => 'the encoder pads its varints',
  },
  example: { name: 'FindCoordinatorRequest', version: 3, hex: '8200610000' },
}
