/** How an API is asked soundly: what it needs, the request, which errors a sound broker may answer with. */
import type { Encodable } from '../codec/encode.ts'
import type { Bench, Where } from './bench.ts'

export type RequestBody = { readonly [field: string]: Encodable }

export interface Recipe {
  readonly api: string
  readonly where?: Where
  /** Names of errors that may be in the answer. */
  readonly errors?: readonly string[]
  /** Why it is not asked at all. */
  readonly skip?: string
  /** From which version on it is not asked with nulls and empty arrays, and why. */
  readonly skipEmpty?: { readonly from: number; readonly reason: string }
  /** Fields of every version: what a version lacks is left out. */
  body?(bench: Bench, version: number): RequestBody | Promise<RequestBody>
  /** After it was answered. */
  after?(bench: Bench, body: { readonly [field: string]: unknown }): Promise<void>
}

const NODES = 'it changes which nodes make the cluster'
const BROKERS_OWN = 'only brokers and controllers ask each other this'

/** APIs that are not asked, and why. */
export const NOT_ASKED: Readonly<Record<string, string>> = {
  UnregisterBroker: NODES,
  UnregisterController: NODES,
  AddRaftVoter: NODES,
  RemoveRaftVoter: NODES,
  UpdateRaftVoter: NODES,
  LeaderAndIsr: BROKERS_OWN,
  StopReplica: BROKERS_OWN,
  UpdateMetadata: BROKERS_OWN,
  ControlledShutdown: BROKERS_OWN,
  Vote: BROKERS_OWN,
  BeginQuorumEpoch: BROKERS_OWN,
  EndQuorumEpoch: BROKERS_OWN,
  FetchSnapshot: BROKERS_OWN,
  AlterPartition: BROKERS_OWN,
  Envelope: BROKERS_OWN,
  BrokerRegistration: BROKERS_OWN,
  BrokerHeartbeat: BROKERS_OWN,
  AllocateProducerIds: BROKERS_OWN,
  ControllerRegistration: BROKERS_OWN,
  AssignReplicasToDirs: BROKERS_OWN,
  InitializeShareGroupState: BROKERS_OWN,
  WriteShareGroupState: BROKERS_OWN,
  DeleteShareGroupState: BROKERS_OWN,
}

/** A group of the check's own, deleted at the end. */
export function ownGroup(bench: Bench): string {
  const groupId = bench.name('group')
  bench.lab.groups.add(groupId)
  return groupId
}
