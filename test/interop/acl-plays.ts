/** Requests of which some users may do some things, and others others; `acl-stage.ts` says who may what. */
import { OPERATION, PATTERN, PERMISSION, RESOURCE_TYPE } from '../../dissectors/acls.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { batchOf } from '../broker/helpers.ts'
import { creationOf, type Entry, type Stage, TOPICS } from './acl-stage.ts'

const { TOPIC, CLUSTER } = RESOURCE_TYPE
const { PREFIXED } = PATTERN
const { ALLOW, DENY } = PERMISSION
const { READ, CREATE_TOKENS } = OPERATION

type Step = readonly [user: string, api: string, version: number, body: { [field: string]: Encodable }]

const partitions = [{ partitionIndex: 0 }]
const offset = { partitionIndex: 0, committedOffset: 0, committedMetadata: '' }

/** Of topics that a user may do different things with. */
function* topicSteps(stage: Stage): Generator<Step> {
  const ids = TOPICS.map((name) => stage.idOf(name))
  const named = TOPICS.map((name) => ({ name }))
  for (const user of ['alice', 'bob', 'nobody', 'admin']) {
    for (const version of [4, 8, 9, 12, 13]) {
      const operations = { includeTopicAuthorizedOperations: true, includeClusterAuthorizedOperations: true }
      yield [user, 'Metadata', version, { topics: null, ...operations }]
      yield [
        user,
        'Metadata',
        version,
        { topics: [...named, { name: 'new' }, { name: 'own-new' }], ...operations, allowAutoTopicCreation: false },
      ]
    }
    yield [user, 'Metadata', 0, { topics: [] }]
    yield [user, 'Metadata', 0, { topics: [{ name: 'secret-plans' }] }]
    yield [user, 'Metadata', 12, { topics: ids.map((topicId) => ({ topicId, name: null })) }]
    yield [user, 'DescribeTopicPartitions', 0, { topics: [], responsePartitionLimit: 2000 }]
    yield [user, 'DescribeTopicPartitions', 0, { topics: named, responsePartitionLimit: 2000 }]
    yield [user, 'DescribeCluster', 1, { includeClusterAuthorizedOperations: true }]
    const records = batchOf(['v'])
    for (const version of [3, 9, 12]) {
      yield [
        user,
        'Produce',
        version,
        {
          acks: -1,
          timeoutMs: 1000,
          topicData: [...named, { name: 'absent' }].map((ref) => ({ ...ref, partitionData: [{ index: 0, records }] })),
        },
      ]
    }
    yield [
      user,
      'Produce',
      13,
      {
        acks: -1,
        timeoutMs: 1000,
        topicData: ids.map((topicId) => ({ topicId, partitionData: [{ index: 0, records }] })),
      },
    ]
    // Where all is well, nobody answers.
    if (user !== 'admin')
      yield [
        user,
        'Produce',
        9,
        { acks: 0, timeoutMs: 1000, topicData: [{ name: 'payments', partitionData: [{ index: 0, records }] }] },
      ]
    for (const version of [4, 12, 13, 17]) {
      const wanted = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }]
      const all = [...TOPICS, 'absent'].map((topic) => ({ topic, topicId: stage.idOf(topic), partitions: wanted }))
      yield [user, 'Fetch', version, { maxWaitMs: 0, minBytes: 1, maxBytes: 10_000, sessionEpoch: -1, topics: all }]
    }
    yield [
      user,
      'ListOffsets',
      7,
      { replicaId: -1, topics: named.map((ref) => ({ ...ref, partitions: [{ partitionIndex: 0, timestamp: -1 }] })) },
    ]
    yield [
      user,
      'OffsetForLeaderEpoch',
      4,
      { replicaId: -1, topics: TOPICS.map((topic) => ({ topic, partitions: [{ partition: 0, leaderEpoch: 0 }] })) },
    ]
    yield [
      user,
      'DescribeProducers',
      0,
      { topics: [...named, { name: 'a/b' }].map((ref) => ({ ...ref, partitionIndexes: [0] })) },
    ]
    yield [
      user,
      'DeleteRecords',
      2,
      { timeoutMs: 1000, topics: named.map((ref) => ({ ...ref, partitions: [{ partitionIndex: 0, offset: 0 }] })) },
    ]
  }
}

function* adminSteps(stage: Stage): Generator<Step> {
  const once = { numPartitions: 1, replicationFactor: 1 }
  for (const user of ['alice', 'bob', 'nobody']) {
    const topics = [`own-${user}`, `bob-${user}`, `secret-${user}`].map((name) => ({ name, ...once }))
    const twice = { name: `own-twice-${user}`, ...once }
    for (const version of [4, 7]) {
      yield [user, 'CreateTopics', version, { timeoutMs: 5000, topics, validateOnly: true }]
      yield [user, 'CreateTopics', version, { timeoutMs: 5000, topics: [twice, twice], validateOnly: true }]
    }
    yield [user, 'CreateTopics', 7, { timeoutMs: 5000, topics }]
    yield [user, 'CreateTopics', 7, { timeoutMs: 5000, topics: [{ name: 'orders', ...once }] }]
    yield [
      user,
      'CreatePartitions',
      3,
      {
        timeoutMs: 5000,
        validateOnly: true,
        topics: [...TOPICS, 'absent'].map((name) => ({ name, count: 2, assignments: null })),
      },
    ]
    const names = ['orders', 'payments', 'audit', 'bob-absent', 'secret-plans', 'public', 'absent']
    const resources = names.map((resourceName) => ({ resourceType: 2, resourceName }))
    const others = [
      { resourceType: 4, resourceName: '1' },
      { resourceType: 4, resourceName: '' },
      { resourceType: 16, resourceName: 'metrics' },
      { resourceType: 32, resourceName: 'readers-1' },
      { resourceType: 32, resourceName: 'others' },
    ]
    const described = [...resources, ...others, { resourceType: 8, resourceName: '1' }]
    yield [
      user,
      'DescribeConfigs',
      4,
      { resources: described.map((each) => ({ ...each, configurationKeys: ['none'] })) },
    ]
    const value = [{ name: 'retention.ms', value: '86400000', configOperation: 0 }]
    yield [
      user,
      'IncrementalAlterConfigs',
      1,
      { validateOnly: true, resources: resources.map((each) => ({ ...each, configs: value })) },
    ]
    yield [
      user,
      'IncrementalAlterConfigs',
      1,
      { validateOnly: true, resources: others.map((each) => ({ ...each, configs: [] })) },
    ]
    yield [
      user,
      'AlterConfigs',
      2,
      {
        validateOnly: true,
        resources: resources.map((each) => ({ ...each, configs: [{ name: 'retention.ms', value: '86400000' }] })),
      },
    ]
    yield [user, 'ListConfigResources', 1, { resourceTypes: [16] }]
    yield [user, 'DescribeLogDirs', 4, { topics: [] }]
    yield [user, 'ListPartitionReassignments', 0, { timeoutMs: 1000, topics: [] }]
    yield [user, 'DescribeUserScramCredentials', 0, { users: [] }]
    for (const owner of [null, 'alice', 'bob']) {
      yield [
        user,
        'CreateDelegationToken',
        3,
        { ownerPrincipalType: owner && 'User', ownerPrincipalName: owner, renewers: [], maxLifetimeMs: -1 },
      ]
    }
    yield [user, 'DescribeDelegationToken', 3, { owners: null }]
    for (const version of [4, 5])
      yield [
        user,
        'DeleteTopics',
        version,
        { topicNames: ['orders', 'secret-plans', 'absent', 'bob-c', 'bob-absent'], timeoutMs: 5000 },
      ]
    yield [
      user,
      'DeleteTopics',
      6,
      {
        topics: [
          { name: null, topicId: stage.idOf('public') },
          { name: null, topicId: stage.idOf('secret-plans') },
          { name: null, topicId: stage.idOf('bob-b') },
          { name: 'public' },
          { name: 'public' },
        ],
        timeoutMs: 5000,
      },
    ]
  }
}

function* groupSteps(stage: Stage): Generator<Step> {
  const groups = ['readers-1', 'others']
  for (const user of ['admin', 'alice', 'bob', 'nobody']) {
    for (const groupId of groups) {
      const all = [...TOPICS, 'absent'].map((name) => ({ name, topicId: stage.idOf(name), partitions: [offset] }))
      for (const version of [2, 9, 10])
        yield [user, 'OffsetCommit', version, { groupId, generationIdOrMemberEpoch: -1, memberId: '', topics: all }]
      const wanted = all.map(({ name }) => ({ name, partitionIndexes: [0] }))
      for (const version of [1, 7]) {
        yield [user, 'OffsetFetch', version, { groupId, topics: wanted }]
        if (version > 1) yield [user, 'OffsetFetch', version, { groupId, topics: null }]
      }
      yield [
        user,
        'ConsumerGroupHeartbeat',
        1,
        {
          groupId: `${groupId}-${user}`,
          memberId: 'm',
          memberEpoch: 0,
          rebalanceTimeoutMs: 1000,
          subscribedTopicNames: ['orders', 'payments'],
          topicPartitions: [],
        },
      ]
      yield [
        user,
        'ConsumerGroupHeartbeat',
        1,
        {
          groupId: `${groupId}-second-${user}`,
          memberId: 'm',
          memberEpoch: 0,
          rebalanceTimeoutMs: 1000,
          subscribedTopicNames: ['orders', 'secret-plans'],
          topicPartitions: [],
        },
      ]
      yield [
        user,
        'ShareGroupHeartbeat',
        1,
        {
          groupId: `${groupId}-share-${user}`,
          memberId: 'm',
          memberEpoch: 0,
          subscribedTopicNames: ['orders', 'secret-plans'],
        },
      ]
    }
    for (const version of [8, 10]) {
      const topics = [...TOPICS, 'absent'].map((name) => ({ name, topicId: stage.idOf(name), partitionIndexes: [0] }))
      yield [user, 'OffsetFetch', version, { groups: groups.map((groupId) => ({ groupId, topics })) }]
      yield [user, 'OffsetFetch', version, { groups: groups.map((groupId) => ({ groupId, topics: null })) }]
    }
    yield [user, 'DescribeGroups', 5, { groups, includeAuthorizedOperations: true }]
    yield [
      user,
      'ConsumerGroupDescribe',
      1,
      { groupIds: ['readers-1-admin', 'readers-1-second-admin', 'others-admin'], includeAuthorizedOperations: true },
    ]
    yield [user, 'ListGroups', 4, { statesFilter: ['Empty'] }]
    for (const keyType of [0, 1, 2]) {
      const share = 'readers:AAAAAAAAAAAAAAAAAAAAMg:0'
      const keys = keyType === 0 ? groups : keyType === 1 ? ['tx-alice', 'tx-other', 'other'] : [share]
      yield [user, 'FindCoordinator', 6, { keyType, coordinatorKeys: keys }]
      if (keyType < 2) for (const key of keys) yield [user, 'FindCoordinator', 3, { keyType, key }]
    }
    yield [
      user,
      'OffsetDelete',
      0,
      { groupId: 'others', topics: ['orders', 'payments', 'audit', 'absent'].map((name) => ({ name, partitions })) },
    ]
    yield [user, 'DeleteGroups', 2, { groupsNames: ['absent', 'readers-absent'] }]
    yield [
      user,
      'DescribeShareGroupOffsets',
      0,
      {
        groups: ['readers-1-share-admin', 'others-share-admin'].map((groupId) => ({
          groupId,
          topics: [{ topicName: 'orders', partitions: [0] }],
        })),
      },
    ]
  }
}

function* transactionSteps(): Generator<Step> {
  for (const user of ['alice', 'bob', 'nobody']) {
    yield [user, 'InitProducerId', 4, { transactionalId: null, transactionTimeoutMs: 1000 }]
    for (const transactionalId of ['tx-alice', 'tx-other']) {
      yield [user, 'InitProducerId', 4, { transactionalId, transactionTimeoutMs: 10_000 }]
      const who = { producerId: 4_000_000, producerEpoch: 0 }
      for (const topics of [['orders', 'payments'], ['orders', 'absent'], ['audit'], ['orders']]) {
        yield [
          user,
          'AddPartitionsToTxn',
          3,
          {
            v3AndBelowTransactionalId: transactionalId,
            v3AndBelowProducerId: who.producerId,
            v3AndBelowProducerEpoch: 0,
            v3AndBelowTopics: topics.map((name) => ({ name, partitions: [0] })),
          },
        ]
      }
      yield [
        user,
        'AddPartitionsToTxn',
        5,
        {
          transactions: [{ transactionalId, ...who, verifyOnly: true, topics: [{ name: 'orders', partitions: [0] }] }],
        },
      ]
      for (const groupId of ['readers-1', 'others']) {
        yield [user, 'AddOffsetsToTxn', 3, { transactionalId, ...who, groupId }]
        yield [
          user,
          'TxnOffsetCommit',
          3,
          {
            transactionalId,
            ...who,
            groupId,
            generationIdOrMemberEpoch: -1,
            memberId: '',
            topics: ['orders', 'payments', 'absent'].map((name) => ({ name, partitions: [offset] })),
          },
        ]
      }
      yield [user, 'EndTxn', 3, { transactionalId, ...who, committed: true }]
    }
    yield [user, 'DescribeTransactions', 0, { transactionalIds: ['tx-alice', 'tx-other', 'tx-none', 'other'] }]
    yield [user, 'ListTransactions', 0, { stateFilters: [], producerIdFilters: [] }]
  }
}

const filter = (more: { [field: string]: Encodable }): { [field: string]: Encodable } => ({
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
  ...more,
})

function* aclSteps(): Generator<Step> {
  const creations = [creationOf(['carol', ALLOW, READ, TOPIC, 'x'])]
  yield ['alice', 'CreateAcls', 3, { creations }]
  yield ['alice', 'DeleteAcls', 3, { filters: [filter({}), filter({ resourceTypeFilter: TOPIC })] }]
  yield ['alice', 'DescribeAcls', 3, filter({})]
  for (const version of [1, 2, 3]) yield ['bob', 'DescribeAcls', version, filter({})]
  yield [
    'admin',
    'DescribeAcls',
    3,
    filter({ resourceTypeFilter: TOPIC, resourceNameFilter: 'payments', patternTypeFilter: 2 }),
  ]
  yield [
    'admin',
    'DescribeAcls',
    3,
    filter({ resourceTypeFilter: TOPIC, resourceNameFilter: 'payments', patternTypeFilter: 4 }),
  ]
  yield [
    'admin',
    'DescribeAcls',
    3,
    filter({ resourceTypeFilter: TOPIC, resourceNameFilter: '*', patternTypeFilter: 3 }),
  ]
  yield ['admin', 'DescribeAcls', 3, filter({ principalFilter: 'User:alice', permissionType: DENY })]
  yield ['admin', 'DescribeAcls', 3, filter({ hostFilter: '10.0.0.1' })]
  yield ['admin', 'DescribeAcls', 3, filter({ operation: 99 })]
  const wrong: readonly Entry[] = [
    ['carol', ALLOW, READ, CLUSTER, 'another-cluster'],
    ['carol', ALLOW, READ, TOPIC, ''],
    ['carol', 1, READ, TOPIC, 'x'],
    ['carol', ALLOW, 1, TOPIC, 'x'],
    ['carol', ALLOW, READ, 1, 'x'],
    ['carol', ALLOW, READ, TOPIC, 'x', 2],
    ['carol', ALLOW, READ, TOPIC, 'x', 1],
    ['carol', ALLOW, READ, TOPIC, '*', PREFIXED],
    ['carol', ALLOW, CREATE_TOKENS, TOPIC, 'x'],
  ]
  for (const entry of wrong) yield ['admin', 'CreateAcls', 3, { creations: [creationOf(entry), ...creations] }]
  for (const principal of ['carol', '', ':', 'User:', 'Group:x']) {
    yield ['admin', 'CreateAcls', 3, { creations: [{ ...creations[0]!, principal }] }]
  }
  for (const host of ['', '10.0.0.0/8', '10.0.0.0/99', '::1/64', 'x/8', 'some.name']) {
    yield ['admin', 'CreateAcls', 3, { creations: [{ ...creations[0]!, host }] }]
  }
  yield ['admin', 'CreateAcls', 3, { creations: [{ ...creations[0]!, operation: 77 }] }]
  yield ['admin', 'DescribeAcls', 3, filter({ resourceNameFilter: 'x' })]
  yield [
    'admin',
    'DeleteAcls',
    1,
    {
      filters: [
        filter({ principalFilter: 'User:carol' }),
        filter({ principalFilter: 'User:carol', resourceTypeFilter: TOPIC }),
        filter({ principalFilter: 'User:dave' }),
      ],
    },
  ]
  yield ['admin', 'DeleteAcls', 3, { filters: [filter({ resourceNameFilter: 'x' }), filter({ operation: 88 })] }]
  yield ['admin', 'DeleteAcls', 3, { filters: [filter({ resourceNameFilter: 'x' })] }]
  yield ['admin', 'DescribeAcls', 3, filter({})]
}

/** What users who may do some things are told. */
export async function plays(stage: Stage): Promise<string[]> {
  const lines: string[] = []
  for (const steps of [topicSteps(stage), groupSteps(stage), transactionSteps(), adminSteps(stage), aclSteps()]) {
    for (const [user, api, version, body] of steps) lines.push(await stage.line(user, api, version, body))
  }
  return lines
}
