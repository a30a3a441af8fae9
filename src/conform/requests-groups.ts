/** Sound requests for what members of groups ask, of all kinds of groups. */
import { Buffer } from 'node:buffer'
import { errorName } from '../../dissectors/errors.ts'
import { writeAssignment } from '../client/consumer-protocol.ts'
import type { Bench } from './bench.ts'
import { Failed } from './check.ts'
import { ownGroup, type Recipe, type RequestBody } from './recipe.ts'

/** A member id as clients of KIP-848 make them: a uuid. The same in every run of a check. */
const MEMBER = 'ZGlhZ25vc2luZy1jaGVjaw'

/** Joins and leaves again: epoch -1 (KIP-848). */
function heartbeat(api: string, join: (bench: Bench) => Promise<RequestBody>): Recipe {
  return {
    api,
    where: 'group',
    body: async (bench) => {
      const groupId = ownGroup(bench)
      // Again at the end: an answer that can't be read does not say that it is in.
      const leaving = { groupId, memberId: MEMBER, memberEpoch: -1 }
      bench.lab.atEnd(groupId, () => bench.lab.ask(api, leaving, 'group'))
      return { groupId, memberId: MEMBER, memberEpoch: 0, ...(await join(bench)) }
    },
    // KIP-848: 3.9 advertises it also where the new protocol is switched off.
    errors: ['UNSUPPORTED_VERSION'],
    after: async (bench, { memberId, errorCode }) => {
      if (errorCode !== 0) return
      const id = typeof memberId === 'string' && memberId !== '' ? memberId : MEMBER
      await bench.lab.ask(api, { groupId: bench.name('group'), memberId: id, memberEpoch: -1 }, 'group')
    },
  }
}

const subscribed = async ({ lab }: Bench): Promise<RequestBody> => ({
  subscribedTopicNames: [(await lab.topic()).name],
})

const described = (api: string, errors: readonly string[]): Recipe => ({
  api,
  where: 'group',
  body: ({ lab }) => ({ groupIds: [lab.name('nobody')] }),
  errors,
})

export const GROUP_RECIPES: readonly Recipe[] = [
  {
    api: 'FindCoordinator',
    body: async ({ lab }) => {
      // The first of all makes the topic that groups are kept in, which takes a while.
      await lab.addressOf('group')
      return { key: lab.name('group'), keyType: 0, coordinatorKeys: [lab.name('group')] }
    },
  },
  {
    api: 'JoinGroup',
    where: 'group',
    // The member joins again: the leader's join makes a new generation, which it then gives itself the topic in.
    body: async ({ lab }) => {
      const { memberId, groupId } = await lab.member()
      return lab.joinBody(memberId, groupId)
    },
    after: async ({ lab }, { generationId }) => {
      const member = await lab.member()
      if (typeof generationId === 'number' && generationId > 0) member.generation = generationId
      const error = await lab.sync(member)
      if (error === 0) return
      lab.memberIsGone()
      throw new Failed(`the SyncGroup of the member that joined so is answered with ${errorName(error)}`)
    },
  },
  {
    api: 'SyncGroup',
    where: 'group',
    body: async ({ lab }) => {
      const { groupId, memberId, generation } = await lab.member()
      const assignment = writeAssignment([{ topic: (await lab.topic()).name, partitions: [0] }])
      return {
        groupId,
        memberId,
        generationId: generation,
        protocolType: 'consumer',
        protocolName: 'range',
        assignments: [{ memberId, assignment }],
      }
    },
  },
  {
    api: 'Heartbeat',
    where: 'group',
    body: async ({ lab }) => {
      const { groupId, memberId, generation } = await lab.member()
      return { groupId, memberId, generationId: generation }
    },
  },
  {
    api: 'LeaveGroup',
    where: 'group',
    // A member that was given its id (KIP-394) and has not joined yet can leave, at once.
    body: async (bench) => {
      const groupId = ownGroup(bench)
      const { memberId } = await bench.lab.ask<{ memberId: string }>(
        'JoinGroup',
        await bench.lab.joinBody('', groupId),
        'group',
      )
      return { groupId, memberId, members: [{ memberId }] }
    },
  },
  { api: 'DescribeGroups', where: 'group', body: async ({ lab }) => ({ groups: [(await lab.member()).groupId] }) },
  { api: 'ListGroups', body: () => ({ statesFilter: [], typesFilter: [] }) },
  {
    api: 'DeleteGroups',
    where: 'group',
    body: ({ lab }) => ({ groupsNames: [lab.name('nobody')] }),
    errors: ['GROUP_ID_NOT_FOUND'],
  },
  {
    api: 'OffsetDelete',
    where: 'group',
    body: async ({ lab }) => ({
      groupId: lab.name('nobody'),
      topics: [{ name: (await lab.topic()).name, partitions: [{ partitionIndex: 0 }] }],
    }),
    errors: ['GROUP_ID_NOT_FOUND'],
  },
  heartbeat('ConsumerGroupHeartbeat', async (bench) => ({
    ...(await subscribed(bench)),
    rebalanceTimeoutMs: 60_000,
    topicPartitions: [],
  })),
  described('ConsumerGroupDescribe', ['GROUP_ID_NOT_FOUND', 'UNSUPPORTED_VERSION']),
  heartbeat('ShareGroupHeartbeat', subscribed),
  described('ShareGroupDescribe', ['GROUP_ID_NOT_FOUND']),
  {
    api: 'ShareFetch',
    where: 'leader',
    body: (bench) => ({
      groupId: ownGroup(bench),
      memberId: MEMBER,
      shareSessionEpoch: 0,
      maxWaitMs: 100,
      minBytes: 0,
      maxRecords: 10,
      batchSize: 10,
      // A session without partitions: the state of those takes a member of the group to make.
      topics: [],
    }),
  },
  {
    api: 'ShareAcknowledge',
    where: 'leader',
    body: async (bench) => {
      const batches = [{ firstOffset: 0, lastOffset: 0, acknowledgeTypes: [1] }]
      const partitions = [{ partitionIndex: 0, acknowledgementBatches: batches }]
      const topics = [{ topicId: (await bench.lab.topic()).id, partitions }]
      return { groupId: ownGroup(bench), memberId: MEMBER, shareSessionEpoch: 1, topics }
    },
    // Nothing was fetched before.
    errors: ['SHARE_SESSION_NOT_FOUND'],
  },
  {
    api: 'ReadShareGroupState',
    where: 'group',
    body: async (bench) => ({
      groupId: bench.name('nobody'),
      topics: [{ topicId: (await bench.lab.topic()).id, partitions: [{ partition: 0, leaderEpoch: 0 }] }],
    }),
    skip: 'only brokers and controllers ask each other this',
  },
  {
    api: 'ReadShareGroupStateSummary',
    where: 'group',
    skip: 'only brokers and controllers ask each other this',
  },
  {
    api: 'DescribeShareGroupOffsets',
    where: 'group',
    body: async ({ lab }) => ({
      groups: [{ groupId: lab.name('nobody'), topics: [{ topicName: (await lab.topic()).name, partitions: [0] }] }],
    }),
    errors: ['GROUP_ID_NOT_FOUND'],
  },
  {
    api: 'AlterShareGroupOffsets',
    where: 'group',
    // Kafka makes the group where there is none (observed).
    body: async (bench) => ({
      groupId: ownGroup(bench),
      topics: [{ topicName: (await bench.lab.topic()).name, partitions: [{ partitionIndex: 0, startOffset: 0 }] }],
    }),
    errors: ['GROUP_ID_NOT_FOUND'],
  },
  {
    api: 'DeleteShareGroupOffsets',
    where: 'group',
    body: async ({ lab }) => ({
      groupId: lab.name('nobody'),
      topics: [{ topicName: (await lab.topic()).name }],
    }),
    errors: ['GROUP_ID_NOT_FOUND'],
  },
  heartbeat('StreamsGroupHeartbeat', async ({ lab }) => ({
    rebalanceTimeoutMs: 60_000,
    processId: 'process',
    topology: {
      epoch: 0,
      subtopologies: [
        {
          subtopologyId: '0',
          sourceTopics: [(await lab.topic()).name],
          sourceTopicRegex: [],
          stateChangelogTopics: [],
          repartitionSinkTopics: [],
          repartitionSourceTopics: [],
          copartitionGroups: [],
        },
      ],
    },
    activeTasks: [],
    standbyTasks: [],
    warmupTasks: [],
    clientTags: [],
  })),
  described('StreamsGroupDescribe', ['GROUP_ID_NOT_FOUND']),
  {
    api: 'StreamsGroupTopologyDescriptionUpdate',
    where: 'group',
    body: ({ lab }) => ({
      groupId: lab.name('nobody'),
      memberId: MEMBER,
      topologyEpoch: 0,
      topologyDescription: { subtopologies: [], globalStores: [] },
    }),
    errors: ['GROUP_ID_NOT_FOUND', 'UNSUPPORTED_VERSION', 'INVALID_REQUEST'],
  },
  {
    api: 'GetTelemetrySubscriptions',
    body: () => ({ clientInstanceId: 'AAAAAAAAAAAAAAAAAAAAAA' }),
  },
  {
    api: 'PushTelemetry',
    body: () => ({ clientInstanceId: MEMBER, subscriptionId: 0, metrics: Buffer.alloc(0) }),
    errors: ['UNKNOWN_SUBSCRIPTION_ID', 'INVALID_REQUEST'],
  },
]
