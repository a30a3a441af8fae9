/**
 * Features of a cluster (KIP-584) and what a broker answers that has them: which API came with it, at which version. Clients
 * go by both: with transaction.version 2 (KIP-890) a producer sends no AddPartitionsToTxn, which only Produce v12 makes good.
 */
const NEEDS: Readonly<Record<string, readonly [apiKey: number, version: number]>> = {
  // KIP-848: ConsumerGroupHeartbeat; 3.9 has v0 as an early access, and no such feature.
  'group.version': [68, 1],
  // KIP-853: AddRaftVoter
  'kraft.version': [80, 0],
  // KIP-932, KIP-1222: ShareFetch
  'share.version': [78, 1],
  // KIP-1071: StreamsGroupHeartbeat
  'streams.version': [88, 0],
  // EndTxn
  'transaction.version': [26, 5],
  // KIP-966 has no API of its own: it came with 4.0, as EndTxn v5 did.
  'eligible.leader.replicas.version': [26, 5],
  // It is older, but its levels are those of 4.x where it is told of.
  'metadata.version': [26, 5],
}

/** Whether a broker can have a feature, by the highest version of each API that it answers (undefined: none). */
export function canHaveFeature(name: string, highest: (apiKey: number) => number | undefined): boolean {
  const needs = NEEDS[name]
  return needs === undefined || (highest(needs[0]) ?? -1) >= needs[1]
}
