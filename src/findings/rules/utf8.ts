import { bytesOf, type FlawRule } from '../rule.ts'

/** Text that is not UTF-8: readers replace or refuse it. */
export const utf8: FlawRule = {
  kind: 'flaw',
  code: 'utf8',
  flaw: 'utf8',
  severity: 'error',
  describe: ({ path, flaw }) => `${path} holds ${bytesOf(flaw.length)} that are not UTF-8.`,
  cause: { name: 'bad-utf8', describe: () => 'the text was written in another encoding, or these bytes are no text' },
  example: { name: 'FindCoordinatorRequest', version: 0, hex: '0002c328' },
}
