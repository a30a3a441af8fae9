/** Sound requests for what producers and consumers ask. All names have the run's prefix. */
import { writeMessageSet } from '../../dissectors/records/write.ts'
import { batchOf } from './lab.ts'
import { ownGroup, type Recipe } from './recipe.ts'

const encoder = new TextEncoder()
/** KIP-32: v2 takes magic 1; KIP-98: v3 takes batches. */
const recordsOf = (version: number): Uint8Array =>
  version >= 3
    ? batchOf(1)
    : writeMessageSet({ magic: version === 2 ? 1 : 0, messages: [{ key: null, value: encoder.encode('value') }] })

/** In ZooKeeper, where clusters with KRaft have none: OffsetCommit and OffsetFetch v0. */
const NO_ZOOKEEPER = ['UNSUPPORTED_VERSION']

export const DATA_RECIPES: readonly Recipe[] = [
  {
    api: 'Produce',
    where: 'leader',
    // v2 and older bring message sets, which Kafka up-converts.
    body: async ({ lab }, version) => {
      const { name, id } = await lab.topic()
      const partitionData = [{ index: 0, records: recordsOf(version) }]
      return { acks: -1, timeoutMs: 10_000, topicData: [{ name, topicId: id, partitionData }] }
    },
  },
  {
    api: 'Fetch',
    where: 'leader',
    body: async ({ lab }) => {
      const { name, id } = await lab.topic()
      const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }]
      const topics = [{ topic: name, topicId: id, partitions }]
      return { replicaId: -1, maxWaitMs: 100, minBytes: 1, maxBytes: 1 << 20, topics }
    },
  },
  {
    api: 'ListOffsets',
    where: 'leader',
    body: async ({ lab }) => {
      const { name } = await lab.topic()
      const partitions = [{ partitionIndex: 0, timestamp: -1 }]
      return { replicaId: -1, topics: [{ name, partitions }], timeoutMs: 10_000 }
    },
  },
  {
    api: 'Metadata',
    body: async ({ lab }) => ({ topics: [{ name: (await lab.topic()).name }], allowAutoTopicCreation: false }),
  },
  {
    api: 'OffsetForLeaderEpoch',
    where: 'leader',
    body: async ({ lab }) => {
      const { name } = await lab.topic()
      return { replicaId: -1, topics: [{ topic: name, partitions: [{ partition: 0, leaderEpoch: 0 }] }] }
    },
  },
  {
    api: 'DeleteRecords',
    where: 'leader',
    body: async ({ lab }) => {
      const { name } = await lab.topic()
      return { topics: [{ name, partitions: [{ partitionIndex: 0, offset: 0 }] }], timeoutMs: 10_000 }
    },
  },
  {
    api: 'OffsetCommit',
    where: 'group',
    body: async (bench, version) => {
      const { lab } = bench
      const { name, id } = await lab.topic()
      const { groupId, memberId, generation } = await lab.member()
      const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }]
      const topics = [{ name, topicId: id, partitions }]
      return version === 0
        ? { groupId: ownGroup(bench), topics }
        : { groupId, memberId, generationIdOrMemberEpoch: generation, topics }
    },
    errors: NO_ZOOKEEPER,
  },
  {
    api: 'OffsetFetch',
    where: 'group',
    body: async ({ lab }) => {
      const { name, id } = await lab.topic()
      const { groupId } = await lab.member()
      const asked = { name, partitionIndexes: [0] }
      return { groupId, topics: [asked], groups: [{ groupId, topics: [{ ...asked, topicId: id }] }] }
    },
    skipEmpty: { from: 8, reason: 'Apache Kafka 3.9 never answers when no group is asked for (observed)' },
    errors: NO_ZOOKEEPER,
  },
  {
    api: 'InitProducerId',
    body: () => ({ transactionalId: null, transactionTimeoutMs: 60_000 }),
  },
  {
    api: 'AddPartitionsToTxn',
    where: 'txn',
    body: async ({ lab }) => {
      const { transactionalId, producerId, producerEpoch } = await lab.transactional()
      const topics = [{ name: (await lab.topic()).name, partitions: [0] }]
      return {
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: topics,
        transactions: [{ transactionalId, producerId, producerEpoch, verifyOnly: false, topics }],
      }
    },
    skipEmpty: {
      from: 4,
      reason: 'Apache Kafka never answers when there is no transaction in it (observed of 3.9 and 4.4)',
    },
    // While the coordinator writes the markers of the transaction before (TransactionCoordinator).
    errors: ['CONCURRENT_TRANSACTIONS'],
  },
  {
    api: 'AddOffsetsToTxn',
    where: 'txn',
    body: async ({ lab }) => ({ ...(await lab.transactional()), groupId: (await lab.member()).groupId }),
    errors: ['CONCURRENT_TRANSACTIONS'],
  },
  {
    api: 'TxnOffsetCommit',
    where: 'group',
    body: async ({ lab }) => {
      const transaction = await lab.transactional()
      const { name, id } = await lab.topic()
      const { groupId, memberId, generation } = await lab.member()
      await lab.ask('AddOffsetsToTxn', { ...transaction, groupId }, 'txn')
      const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }]
      const member = { memberId, generationIdOrMemberEpoch: generation }
      return { ...transaction, groupId, ...member, topics: [{ name, topicId: id, partitions }] }
    },
    errors: ['CONCURRENT_TRANSACTIONS'],
  },
  {
    api: 'EndTxn',
    where: 'txn',
    body: async ({ lab }) => {
      const transaction = await lab.transactional()
      await lab.ask('AddOffsetsToTxn', { ...transaction, groupId: (await lab.member()).groupId }, 'txn')
      return { ...transaction, committed: false }
    },
    errors: ['CONCURRENT_TRANSACTIONS'],
  },
  { api: 'WriteTxnMarkers', body: () => ({ markers: [] }) },
  {
    api: 'DescribeProducers',
    where: 'leader',
    body: async ({ lab }) => ({ topics: [{ name: (await lab.topic()).name, partitionIndexes: [0] }] }),
  },
  {
    api: 'DescribeTransactions',
    where: 'txn',
    body: async ({ lab }) => ({ transactionalIds: [(await lab.transactional()).transactionalId] }),
  },
  { api: 'ListTransactions', body: () => ({ stateFilters: [], producerIdFilters: [], durationFilter: -1 }) },
]
