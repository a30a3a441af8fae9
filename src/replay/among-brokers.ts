/** Requests that brokers and controllers send each other: whoever is replayed against sends its own. */
import { decodeFrame } from '../codec/frame.ts'
import { Run } from '../codec/run.ts'
import { valueAt } from '../codec/value.ts'
import type { Exchange } from '../session/exchange.ts'

/**
 * Authorised by ClusterAction in Apache Kafka (KafkaApis, ControllerApis): LeaderAndIsr, StopReplica, UpdateMetadata,
 * ControlledShutdown, WriteTxnMarkers, Vote, BeginQuorumEpoch, EndQuorumEpoch, AlterPartition, Envelope, FetchSnapshot,
 * BrokerRegistration, BrokerHeartbeat, AllocateProducerIds, ControllerRegistration, AssignReplicasToDirs, UpdateRaftVoter,
 * and the share coordinator's state (KIP-932).
 */
const CLUSTER_ACTIONS: ReadonlySet<number> = new Set([
  ...[4, 5, 6, 7, 27, 52, 53, 54, 56, 58, 59, 62, 63, 67, 70, 73, 82],
  ...[83, 84, 85, 86, 87],
])
const FETCH = 1
const ADD_PARTITIONS_TO_TXN = 24
/** KIP-890: from this version on brokers ask the coordinator in batches; clients stay below. */
const FIRST_BATCHED = 4

const run = new Run()

/** Whether this exchange shows that its connection is one between brokers. */
export function isAmongBrokers({ apiKey, apiVersion, request, framing }: Exchange): boolean {
  if (framing !== 'kafka') return false
  if (CLUSTER_ACTIONS.has(apiKey)) return true
  if (apiKey === ADD_PARTITIONS_TO_TXN) return apiVersion >= FIRST_BATCHED
  return apiKey === FETCH && request?.kept === true && replicaOf(request.bytes, apiVersion) >= 0
}

/** The broker that fetches as a follower; -1 for a consumer. From v15 on it is in a tagged struct (KIP-903). */
function replicaOf(bytes: Uint8Array, apiVersion: number): number {
  const decoded = decodeFrame(bytes, { kind: 'request', apiKey: FETCH, apiVersion }, run)
  if (decoded.bodyLine < 0 || decoded.stopped) return -1
  const body = valueAt(bytes, decoded.table, decoded.bodyLine, () => '') as {
    readonly replicaId?: number
    readonly replicaState?: { readonly replicaId?: number }
  }
  return body.replicaId ?? body.replicaState?.replicaId ?? -1
}
