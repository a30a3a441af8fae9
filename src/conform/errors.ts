/** Which error a broker answers with, where the request is sound and what it names is not there, or not so. */
import { setI32 } from '../bytes/patch.ts'
import type { Where } from './bench.ts'
import { type Bench, errorCodes, mustHaveError } from './bench.ts'
import { type Check, must } from './check.ts'
import { coordinatedKey } from './coordinators.ts'
import { batchOf, pause } from './lab.ts'
import type { RequestBody } from './recipe.ts'

/** A uuid that no topic has. */
const NO_TOPIC_ID = 'a2Fma2FzY29wZS1ub25lIQ'
const MISSING = 'UNKNOWN_TOPIC_OR_PARTITION'
/** Where the CRC of a batch of magic 2 stands (DefaultRecordBatch). */
const CRC_AT = 17

interface Case {
  readonly id: string
  readonly title: string
  readonly api: string
  readonly where?: Where
  readonly wanted: string | readonly string[]
  readonly most?: number
  readonly least?: number
  readonly body: (bench: Bench) => Promise<RequestBody> | RequestBody
}

const fetchOf = (topic: RequestBody, partition: number, fetchOffset: number): RequestBody => ({
  replicaId: -1,
  maxWaitMs: 100,
  minBytes: 1,
  maxBytes: 1 << 20,
  topics: [{ ...topic, partitions: [{ partition, fetchOffset, partitionMaxBytes: 1 << 20 }] }],
})

const produceOf = (topic: RequestBody, index: number, records: Uint8Array, acks = -1): RequestBody => ({
  acks,
  timeoutMs: 10_000,
  topicData: [{ ...topic, partitionData: [{ index, records }] }],
})

const own = async ({ lab }: Bench): Promise<{ name: string; topic: string; topicId: string }> => {
  const { name, id } = await lab.topic()
  return { name, topic: name, topicId: id }
}
const produced = async (bench: Bench): Promise<RequestBody> => {
  const { name, topicId } = await own(bench)
  return { name, topicId }
}
const fetched = async (bench: Bench): Promise<RequestBody> => {
  const { topic, topicId } = await own(bench)
  return { topic, topicId }
}

function badCrc(): Uint8Array {
  const batch = batchOf(1)
  setI32(batch, CRC_AT, 0x01020304)
  return batch
}

const CASES: readonly Case[] = [
  {
    id: 'metadata/topic',
    title: 'Metadata of a missing topic',
    api: 'Metadata',
    wanted: MISSING,
    body: (bench) => ({ topics: [{ name: bench.name('missing') }], allowAutoTopicCreation: false }),
  },
  {
    id: 'metadata/topic-id',
    title: 'Metadata of an unknown topic id',
    api: 'Metadata',
    least: 12,
    wanted: 'UNKNOWN_TOPIC_ID',
    body: () => ({ topics: [{ topicId: NO_TOPIC_ID, name: null }], allowAutoTopicCreation: false }),
  },
  {
    id: 'metadata/invalid-name',
    title: 'Metadata of a topic whose name is none',
    api: 'Metadata',
    wanted: 'INVALID_TOPIC_EXCEPTION',
    body: () => ({ topics: [{ name: 'no/topic' }], allowAutoTopicCreation: false }),
  },
  {
    id: 'fetch/topic',
    title: 'Fetch of a missing topic',
    api: 'Fetch',
    most: 12,
    wanted: MISSING,
    body: (bench) => fetchOf({ topic: bench.name('missing') }, 0, 0),
  },
  {
    id: 'fetch/partition',
    title: 'Fetch of a missing partition',
    api: 'Fetch',
    where: 'leader',
    wanted: MISSING,
    body: async (bench) => fetchOf(await fetched(bench), 77, 0),
  },
  {
    id: 'fetch/topic-id',
    title: 'Fetch of an unknown topic id',
    api: 'Fetch',
    least: 13,
    wanted: 'UNKNOWN_TOPIC_ID',
    body: () => fetchOf({ topicId: NO_TOPIC_ID }, 0, 0),
  },
  {
    id: 'fetch/offset',
    title: 'Fetch behind the end',
    api: 'Fetch',
    where: 'leader',
    wanted: 'OFFSET_OUT_OF_RANGE',
    body: async (bench) => fetchOf(await fetched(bench), 0, 1_000_000),
  },
  {
    id: 'fetch/negative-offset',
    title: 'Fetch of offset -5',
    api: 'Fetch',
    where: 'leader',
    wanted: 'OFFSET_OUT_OF_RANGE',
    body: async (bench) => fetchOf(await fetched(bench), 0, -5),
  },
  {
    id: 'fetch/session',
    title: 'Fetch in a session that is not there',
    api: 'Fetch',
    where: 'leader',
    wanted: 'FETCH_SESSION_ID_NOT_FOUND',
    body: async (bench) => ({ ...fetchOf(await fetched(bench), 0, 0), sessionId: 123_456, sessionEpoch: 3 }),
  },
  {
    id: 'produce/partition',
    title: 'Produce to a missing partition',
    api: 'Produce',
    where: 'leader',
    wanted: MISSING,
    body: async (bench) => produceOf(await produced(bench), 77, batchOf(1)),
  },
  {
    id: 'produce/topic-id',
    title: 'Produce to an unknown topic id',
    api: 'Produce',
    least: 13,
    wanted: 'UNKNOWN_TOPIC_ID',
    body: () => produceOf({ topicId: NO_TOPIC_ID }, 0, batchOf(1)),
  },
  {
    id: 'produce/crc',
    title: 'Produce of a batch with a wrong CRC',
    api: 'Produce',
    where: 'leader',
    wanted: 'CORRUPT_MESSAGE',
    body: async (bench) => produceOf(await produced(bench), 0, badCrc()),
  },
  {
    id: 'produce/acks',
    title: 'Produce with acks 2',
    api: 'Produce',
    where: 'leader',
    wanted: 'INVALID_REQUIRED_ACKS',
    body: async (bench) => produceOf(await produced(bench), 0, batchOf(1), 2),
  },
  {
    id: 'offsets/topic',
    title: 'ListOffsets of a missing topic',
    api: 'ListOffsets',
    wanted: MISSING,
    body: (bench) => ({
      replicaId: -1,
      topics: [{ name: bench.name('missing'), partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
    }),
  },
  {
    id: 'offsets/partition',
    title: 'ListOffsets of a missing partition',
    api: 'ListOffsets',
    where: 'leader',
    wanted: MISSING,
    body: async (bench) => ({
      replicaId: -1,
      topics: [{ name: (await own(bench)).name, partitions: [{ partitionIndex: 77, timestamp: -1 }] }],
    }),
  },
  {
    id: 'epoch/topic',
    title: 'OffsetForLeaderEpoch of a missing topic',
    api: 'OffsetForLeaderEpoch',
    wanted: MISSING,
    body: (bench) => ({
      replicaId: -1,
      topics: [{ topic: bench.name('missing'), partitions: [{ partition: 0, leaderEpoch: 0 }] }],
    }),
  },
  {
    id: 'create/exists',
    title: 'CreateTopics of one that is there',
    api: 'CreateTopics',
    wanted: 'TOPIC_ALREADY_EXISTS',
    body: async (bench) => ({
      topics: [{ name: (await own(bench)).name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    }),
  },
  {
    id: 'create/partitions',
    title: 'CreateTopics with 0 partitions',
    api: 'CreateTopics',
    wanted: 'INVALID_PARTITIONS',
    body: (bench) => ({
      topics: [{ name: bench.name('none'), numPartitions: 0, replicationFactor: 1, assignments: [], configs: [] }],
      validateOnly: true,
    }),
  },
  {
    id: 'create/replicas',
    title: 'CreateTopics with 1000 replicas',
    api: 'CreateTopics',
    wanted: 'INVALID_REPLICATION_FACTOR',
    body: (bench) => ({
      topics: [{ name: bench.name('none'), numPartitions: 1, replicationFactor: 1000, assignments: [], configs: [] }],
      validateOnly: true,
    }),
  },
  {
    id: 'create/name',
    title: 'CreateTopics of a name that is none',
    api: 'CreateTopics',
    wanted: 'INVALID_TOPIC_EXCEPTION',
    body: () => ({
      topics: [{ name: 'no/topic', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
      validateOnly: true,
    }),
  },
  {
    id: 'delete/topic',
    title: 'DeleteTopics of a missing topic',
    api: 'DeleteTopics',
    wanted: MISSING,
    body: (bench) => ({
      topics: [{ name: bench.name('missing') }],
      topicNames: [bench.name('missing')],
      timeoutMs: 10_000,
    }),
  },
  {
    id: 'partitions/topic',
    title: 'CreatePartitions of a missing topic',
    api: 'CreatePartitions',
    wanted: MISSING,
    body: (bench) => ({
      topics: [{ name: bench.name('missing'), count: 3, assignments: null }],
      timeoutMs: 10_000,
      validateOnly: true,
    }),
  },
  {
    id: 'partitions/fewer',
    title: 'CreatePartitions that asks for as many as there are',
    api: 'CreatePartitions',
    wanted: 'INVALID_PARTITIONS',
    body: async (bench) => ({
      topics: [{ name: (await own(bench)).name, count: 1, assignments: null }],
      timeoutMs: 10_000,
      validateOnly: true,
    }),
  },
  {
    id: 'configs/topic',
    title: 'DescribeConfigs of a missing topic',
    api: 'DescribeConfigs',
    wanted: MISSING,
    body: (bench) => ({
      resources: [{ resourceType: 2, resourceName: bench.name('missing'), configurationKeys: null }],
    }),
  },
  {
    id: 'records/offset',
    title: 'DeleteRecords behind the end',
    api: 'DeleteRecords',
    where: 'leader',
    wanted: 'OFFSET_OUT_OF_RANGE',
    body: async (bench) => ({
      topics: [{ name: (await own(bench)).name, partitions: [{ partitionIndex: 0, offset: 1_000_000 }] }],
      timeoutMs: 5000,
    }),
  },
  {
    id: 'group/heartbeat',
    title: 'Heartbeat in a missing group',
    api: 'Heartbeat',
    where: 'group',
    wanted: 'UNKNOWN_MEMBER_ID',
    body: (bench) => ({ groupId: bench.name('missing'), memberId: 'nobody', generationId: 1 }),
  },
  {
    id: 'group/member',
    title: 'Heartbeat of an unknown member',
    api: 'Heartbeat',
    where: 'group',
    wanted: 'UNKNOWN_MEMBER_ID',
    body: async ({ lab }) => ({ ...(await memberOf(lab)), memberId: 'nobody' }),
  },
  {
    id: 'group/generation',
    title: 'Heartbeat in another generation',
    api: 'Heartbeat',
    where: 'group',
    wanted: 'ILLEGAL_GENERATION',
    body: async ({ lab }) => ({ ...(await memberOf(lab)), generationId: 9999 }),
  },
  {
    id: 'group/sync-member',
    title: 'SyncGroup of an unknown member',
    api: 'SyncGroup',
    where: 'group',
    wanted: 'UNKNOWN_MEMBER_ID',
    body: async ({ lab }) => ({
      ...(await memberOf(lab)),
      memberId: 'nobody',
      protocolType: 'consumer',
      protocolName: 'range',
    }),
  },
  {
    id: 'group/sync-generation',
    title: 'SyncGroup in another generation',
    api: 'SyncGroup',
    where: 'group',
    wanted: 'ILLEGAL_GENERATION',
    body: async ({ lab }) => ({
      ...(await memberOf(lab)),
      generationId: 9999,
      protocolType: 'consumer',
      protocolName: 'range',
    }),
  },
  {
    id: 'group/leave',
    title: 'LeaveGroup of an unknown member',
    api: 'LeaveGroup',
    where: 'group',
    wanted: 'UNKNOWN_MEMBER_ID',
    body: async ({ lab }) => ({
      groupId: (await memberOf(lab)).groupId,
      memberId: 'nobody',
      members: [{ memberId: 'nobody' }],
    }),
  },
  {
    id: 'group/delete',
    title: 'DeleteGroups of a group with members',
    api: 'DeleteGroups',
    where: 'group',
    wanted: 'NON_EMPTY_GROUP',
    body: async ({ lab }) => ({ groupsNames: [(await memberOf(lab)).groupId] }),
  },
  {
    id: 'group/id',
    title: 'JoinGroup without a group id',
    api: 'JoinGroup',
    where: 'group',
    wanted: 'INVALID_GROUP_ID',
    body: async ({ lab }) => ({ ...(await lab.joinBody('')), groupId: '' }),
  },
  {
    id: 'group/session',
    title: 'JoinGroup with a session of 1 ms',
    api: 'JoinGroup',
    where: 'group',
    wanted: 'INVALID_SESSION_TIMEOUT',
    body: async (bench) => ({ ...(await bench.lab.joinBody('', bench.name('group'))), sessionTimeoutMs: 1 }),
  },
  {
    id: 'group/protocols',
    title: 'JoinGroup without protocols',
    api: 'JoinGroup',
    where: 'group',
    wanted: 'INCONSISTENT_GROUP_PROTOCOL',
    body: async (bench) => ({ ...(await bench.lab.joinBody('', bench.name('group'))), protocols: [] }),
  },
  {
    id: 'group/commit-generation',
    title: 'OffsetCommit in another generation',
    api: 'OffsetCommit',
    where: 'group',
    wanted: ['ILLEGAL_GENERATION', 'STALE_MEMBER_EPOCH'],
    body: async (bench) => commitOf(bench, 9999),
  },
  {
    id: 'txn/producer-id',
    title: 'AddOffsetsToTxn of an unknown producer',
    api: 'AddOffsetsToTxn',
    where: 'txn',
    wanted: 'INVALID_PRODUCER_ID_MAPPING',
    body: (bench) => ({
      transactionalId: bench.name('txn'),
      producerId: 987_654_321,
      producerEpoch: 0,
      groupId: bench.name('group'),
    }),
  },
  {
    id: 'txn/timeout',
    title: 'InitProducerId with a timeout of 30 days',
    api: 'InitProducerId',
    where: 'txn',
    wanted: 'INVALID_TRANSACTION_TIMEOUT',
    body: (bench) => ({ transactionalId: bench.name('txn'), transactionTimeoutMs: 2_147_483_647 }),
  },
  {
    id: 'txn/empty-id',
    title: 'InitProducerId with an empty transactional id',
    api: 'InitProducerId',
    where: 'txn',
    wanted: 'INVALID_REQUEST',
    body: () => ({ transactionalId: '', transactionTimeoutMs: 1000 }),
  },
  {
    id: 'groups/consumer',
    title: 'ConsumerGroupHeartbeat of an unknown member',
    api: 'ConsumerGroupHeartbeat',
    where: 'group',
    wanted: ['UNKNOWN_MEMBER_ID', 'GROUP_ID_NOT_FOUND', 'UNSUPPORTED_VERSION'],
    body: (bench) => ({ groupId: bench.name('missing'), memberId: 'bm9ib2R5LWF0LWFsbC1oZQ', memberEpoch: 5 }),
  },
]

async function memberOf(lab: Bench['lab']): Promise<{ groupId: string; memberId: string; generationId: number }> {
  const { groupId, memberId, generation } = await lab.member()
  return { groupId, memberId, generationId: generation }
}

async function commitOf(bench: Bench, generationIdOrMemberEpoch: number): Promise<RequestBody> {
  const { groupId, memberId } = await memberOf(bench.lab)
  const { name, topicId } = await own(bench)
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }]
  return { groupId, memberId, generationIdOrMemberEpoch, topics: [{ name, topicId, partitions }] }
}

const LOADING = new Set([14, 15, 16])

export const ERROR_CHECKS: readonly Check[] = CASES.map(({ id, title, api, where, wanted, most, least = 0, body }) => ({
  id: `errors/${id}`,
  theme: 'errors',
  title: `${title} is answered with ${typeof wanted === 'string' ? wanted : wanted.join(' or ')}`,
  source: 'observed: Apache Kafka 3.9.2 and 4.4.0',
  run: async (bench) => {
    bench.lab.needs(api)
    const request = await body(bench)
    const connection = await bench.connect(where, coordinatedKey(where ?? 'any', request))
    const version = connection.versionOf(api, most === undefined ? {} : { most })
    if (version < least) return bench.lab.skip(`the broker does not offer ${api} v${least}`)
    for (let tries = 0; ; tries++) {
      const answer = await bench.call(connection, api, request, { version })
      // A coordinator that is still loading: every client asks again.
      if (tries < 50 && errorCodes(answer.body).some((code) => LOADING.has(code))) {
        await pause(100)
        continue
      }
      must(answer.flaws.length === 0, () => `${api} v${version}: ${answer.flaws[0]!.code} in the answer`)
      mustHaveError(answer, wanted)
      return
    }
  },
}))
