/** A sound request for every API and version that the broker advertises. */
import { writeMessageSet } from '../../dissectors/records/write.ts'
import { HANDLERS } from '../../src/broker/handlers/index.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { apiName } from '../../src/codec/messages.ts'
import { adminRequests } from './admin-requests.ts'
import { ask, type Bench, batchOf, utf8 } from './helpers.ts'

/** A sound request of an API at a version: fields of other versions are passed over by the encoder. */
export function soundRequest(api: string, version: number, topicId: string): { [field: string]: Encodable } {
  const records =
    version < 3 ? writeMessageSet({ magic: version < 2 ? 0 : 1, messages: [{ value: utf8('v') }] }) : batchOf(['v'])
  const ref = { name: 'orders', topicId }
  const bodies: { [api: string]: { [field: string]: Encodable } } = {
    ApiVersions: { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' },
    SaslHandshake: { mechanism: 'PLAIN' },
    SaslAuthenticate: { authBytes: utf8('\0alice\0secret') },
    Produce: { acks: 1, timeoutMs: 1, topicData: [{ ...ref, partitionData: [{ index: 0, records }] }] },
    Fetch: {
      maxWaitMs: 0,
      minBytes: 1,
      topics: [{ topic: 'orders', topicId, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] }],
    },
    ListOffsets: { replicaId: -1, topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, timestamp: -1 }] }] },
    Metadata: { topics: [{ name: 'orders' }, { name: 'new' }], includeTopicAuthorizedOperations: true },
    OffsetCommit: {
      groupId: 'solo',
      topics: [{ ...ref, partitions: [{ partitionIndex: 0, committedOffset: 3, committedMetadata: 'm' }] }],
    },
    OffsetFetch:
      version < 8
        ? { groupId: 'solo', topics: [{ name: 'orders', partitionIndexes: [0] }] }
        : { groups: [{ groupId: 'solo', topics: [{ ...ref, partitionIndexes: [0] }] }] },
    FindCoordinator: { key: 'g', coordinatorKeys: ['g', 'h'] },
    // A group for each version: nobody has to wait for the others to join again.
    JoinGroup: {
      groupId: `g${version}`,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      memberId: '',
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: utf8('m') }],
    },
    SyncGroup: { groupId: 'g', generationId: 1, memberId: 'm', protocolType: 'consumer', protocolName: 'range' },
    Heartbeat: { groupId: 'g', generationId: 1, memberId: 'm' },
    LeaveGroup: version < 3 ? { groupId: 'g', memberId: 'm' } : { groupId: 'g', members: [{ memberId: 'm' }] },
    DescribeGroups: { groups: ['g'] },
    ListGroups: {},
    CreateTopics: { topics: [{ name: 'fresh', numPartitions: 1, replicationFactor: 1 }] },
    DeleteTopics: version < 6 ? { topicNames: ['orders'] } : { topics: [{ name: 'orders' }] },
    DeleteRecords: { topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, offset: 0 }] }], timeoutMs: 1 },
    OffsetForLeaderEpoch: { topics: [{ topic: 'orders', partitions: [{ partition: 0, leaderEpoch: 0 }] }] },
    AddPartitionsToTxn: {
      v3AndBelowTransactionalId: 'tx',
      v3AndBelowProducerId: 0,
      v3AndBelowProducerEpoch: 0,
      v3AndBelowTopics: [{ name: 'orders', partitions: [0] }],
      transactions: [
        { transactionalId: 'tx', producerId: 0, producerEpoch: 0, topics: [{ name: 'orders', partitions: [0] }] },
      ],
    },
    AddOffsetsToTxn: { transactionalId: 'tx', producerId: 0, producerEpoch: 0, groupId: 'g' },
    EndTxn: { transactionalId: 'tx', producerId: 0, producerEpoch: 0, committed: true },
    WriteTxnMarkers: {
      markers: [
        {
          producerId: 9,
          producerEpoch: 0,
          transactionResult: true,
          topics: [{ name: 'orders', partitionIndexes: [0] }],
          coordinatorEpoch: 0,
        },
      ],
    },
    TxnOffsetCommit: {
      transactionalId: 'tx',
      groupId: 'g',
      producerId: 0,
      producerEpoch: 0,
      memberId: '',
      topics: [{ ...ref, partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: null }] }],
    },
    DescribeProducers: { topics: [{ name: 'orders', partitionIndexes: [0] }] },
    DescribeTransactions: { transactionalIds: ['tx'] },
    ListTransactions: { stateFilters: [], producerIdFilters: [] },
    InitProducerId: { transactionalId: null, transactionTimeoutMs: 1000 },
    DescribeConfigs: {
      resources: [
        { resourceType: 2, resourceName: 'orders', configurationKeys: null },
        { resourceType: 4, resourceName: '1', configurationKeys: null },
      ],
      includeSynonyms: true,
    },
    CreatePartitions: { topics: [{ name: 'orders', count: 3, assignments: null }], timeoutMs: 1, validateOnly: false },
    DeleteGroups: { groupsNames: ['g'] },
    DescribeCluster: { includeClusterAuthorizedOperations: true },
    ...adminRequests(topicId),
  }
  return bodies[api]!
}

/** What sound requests of transactions presuppose: `tx` is open, of producer 0, and group `g` takes part. */
export async function openTransaction(on: Bench): Promise<void> {
  await ask(on, 'InitProducerId', 5, { transactionalId: 'tx', transactionTimeoutMs: 60_000 })
  await ask(on, 'AddOffsetsToTxn', 4, { transactionalId: 'tx', producerId: 0, producerEpoch: 0, groupId: 'g' })
}

/** API and version, of all that are advertised. */
export const ROWS = HANDLERS.flatMap(({ apiKey, versions: [low, high] }) =>
  Array.from({ length: high - low + 1 }, (_, i) => [apiName(apiKey)!, low + i] as const),
)
