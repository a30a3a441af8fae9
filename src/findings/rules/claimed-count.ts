import { bytesOf, type FlawRule } from '../rule.ts'

/** A count of elements or tags that the bytes left cannot hold. */
export const claimedCount: FlawRule = {
  kind: 'flaw',
  code: 'count',
  flaw: 'count',
  severity: 'error',
  describe: ({ flaw, path, noun }) =>
    `${path} claims ${flaw.wanted} elements, but the ${noun} has only ${bytesOf(flaw.had)} left.`,
  example: { name: 'MetadataRequest', version: 1, hex: '00010000' },
}
