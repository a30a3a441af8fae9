/** Sound requests of the new group protocols and of administrators, by API. */

import { errorCode } from '../../dissectors/errors.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { ask, type Bench, utf8 } from './helpers.ts'

export const MEMBER = '3vGeFMAlRZqA5OqOTxYJ5A'
const ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** `topicId` is that of the topic `orders`. */
export function adminRequests(topicId: string): { readonly [api: string]: { [field: string]: Encodable } } {
  return { ...groupRequests(topicId), ...configRequests(), ...securityRequests(), ...clusterRequests() }
}

function groupRequests(topicId: string): { readonly [api: string]: { [field: string]: Encodable } } {
  const shared = [{ topicId, partitions: [{ partitionIndex: 0, acknowledgementBatches: [] }] }]
  return {
    ConsumerGroupHeartbeat: {
      groupId: 'new',
      memberId: MEMBER,
      memberEpoch: 0,
      rebalanceTimeoutMs: 10_000,
      subscribedTopicNames: ['orders'],
      topicPartitions: [],
    },
    ConsumerGroupDescribe: { groupIds: ['new'], includeAuthorizedOperations: true },
    ShareGroupHeartbeat: { groupId: 'share', memberId: MEMBER, memberEpoch: 0, subscribedTopicNames: ['orders'] },
    ShareGroupDescribe: { groupIds: ['share'], includeAuthorizedOperations: true },
    ShareFetch: {
      groupId: 'share',
      memberId: MEMBER,
      shareSessionEpoch: 0,
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 1e6,
      maxRecords: 10,
      batchSize: 10,
      topics: shared,
      forgottenTopicsData: [],
    },
    ShareAcknowledge: { groupId: 'share', memberId: MEMBER, shareSessionEpoch: 1, topics: shared },
    DescribeShareGroupOffsets: {
      groups: [{ groupId: 'share', topics: [{ topicName: 'orders', partitions: [0] }] }],
    },
    AlterShareGroupOffsets: {
      groupId: 'other',
      topics: [{ topicName: 'orders', partitions: [{ partitionIndex: 0, startOffset: 0 }] }],
    },
    DeleteShareGroupOffsets: { groupId: 'other', topics: [{ topicName: 'orders' }] },
    StreamsGroupHeartbeat: {
      groupId: 'streams',
      memberId: MEMBER,
      memberEpoch: 0,
      endpointInformationEpoch: 0,
      rebalanceTimeoutMs: 10_000,
      topology: { epoch: 1, subtopologies: [subtopology('orders')] },
      activeTasks: [],
      standbyTasks: [],
      warmupTasks: [],
      processId: 'process',
      clientTags: [],
    },
    StreamsGroupDescribe: { groupIds: ['streams'], includeAuthorizedOperations: true },
    StreamsGroupTopologyDescriptionUpdate: {
      groupId: 'streams',
      memberId: MEMBER,
      topologyEpoch: 1,
      topologyDescription: { subtopologies: [], globalStores: [] },
    },
    OffsetDelete: { groupId: 'solo', topics: [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }] },
  }
}

/** One that reads a topic and has no state. */
export const subtopology = (topic: string, subtopologyId = '0') => ({
  subtopologyId,
  sourceTopics: [topic],
  sourceTopicRegex: [],
  stateChangelogTopics: [],
  repartitionSinkTopics: [],
  repartitionSourceTopics: [],
  copartitionGroups: [],
})

function configRequests(): { readonly [api: string]: { [field: string]: Encodable } } {
  const named = { resourceType: 2, resourceName: 'orders' }
  const entity = [{ entityType: 'user', entityName: 'alice' }]
  return {
    AlterConfigs: {
      resources: [{ ...named, configs: [{ name: 'retention.ms', value: '1000' }] }],
      validateOnly: false,
    },
    IncrementalAlterConfigs: {
      resources: [{ ...named, configs: [{ name: 'retention.ms', configOperation: 0, value: '1000' }] }],
      validateOnly: false,
    },
    ListConfigResources: { resourceTypes: [] },
    DescribeClientQuotas: { components: [], strict: false },
    AlterClientQuotas: {
      entries: [{ entity, ops: [{ key: 'producer_byte_rate', value: 1000, remove: false }] }],
      validateOnly: false,
    },
    GetTelemetrySubscriptions: { clientInstanceId: ID },
    PushTelemetry: {
      clientInstanceId: ID,
      subscriptionId: 1,
      terminating: false,
      compressionType: 0,
      metrics: utf8('m'),
    },
  }
}

function securityRequests(): { readonly [api: string]: { [field: string]: Encodable } } {
  const filter = {
    resourceTypeFilter: 1,
    resourceNameFilter: null,
    patternTypeFilter: 1,
    principalFilter: null,
    hostFilter: null,
    operation: 1,
    permissionType: 1,
  }
  const salted = { salt: utf8('salt'), saltedPassword: new Uint8Array(32) }
  return {
    DescribeUserScramCredentials: { users: null },
    AlterUserScramCredentials: {
      deletions: [],
      upsertions: [{ name: 'alice', mechanism: 1, iterations: 4096, ...salted }],
    },
    DescribeAcls: filter,
    CreateAcls: {
      creations: [
        {
          resourceType: 2,
          resourceName: 'orders',
          resourcePatternType: 3,
          principal: 'User:a',
          host: '*',
          operation: 3,
          permissionType: 3,
        },
      ],
    },
    DeleteAcls: { filters: [filter] },
    CreateDelegationToken: { ownerPrincipalType: null, ownerPrincipalName: null, renewers: [], maxLifetimeMs: -1 },
    RenewDelegationToken: { hmac: utf8('h'), renewPeriodMs: 1 },
    ExpireDelegationToken: { hmac: utf8('h'), expiryTimePeriodMs: 1 },
    DescribeDelegationToken: { owners: null },
  }
}

function clusterRequests(): { readonly [api: string]: { [field: string]: Encodable } } {
  const voter = { clusterId: null, voterId: 3, voterDirectoryId: ID }
  return {
    ElectLeaders: { electionType: 0, topicPartitions: [{ topic: 'orders', partitions: [0] }], timeoutMs: 1 },
    DescribeLogDirs: { topics: null },
    AlterReplicaLogDirs: { dirs: [{ path: '/nowhere', topics: [{ name: 'orders', partitions: [0] }] }] },
    AlterPartitionReassignments: {
      timeoutMs: 1,
      topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, replicas: [1] }] }],
    },
    ListPartitionReassignments: { timeoutMs: 1, topics: null },
    DescribeTopicPartitions: { topics: [{ name: 'orders' }], responsePartitionLimit: 10 },
    DescribeQuorum: { topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }] },
    AddRaftVoter: { ...voter, timeoutMs: 1, listeners: [{ name: 'CONTROLLER', host: 'h', port: 1 }] },
    RemoveRaftVoter: voter,
    UnregisterBroker: { brokerId: 77 },
    UnregisterController: { controllerId: 77 },
    UpdateFeatures: { timeoutMs: 1, featureUpdates: [{ feature: 'group.version', maxVersionLevel: 1 }] },
  }
}

/** What sound requests of groups presuppose: members in `new` and `share`, a share session, offsets of `other` and `solo`. */
export async function openGroups(on: Bench, topicId: string): Promise<void> {
  const requests = adminRequests(topicId)
  await ask(on, 'ConsumerGroupHeartbeat', 1, { ...requests.ConsumerGroupHeartbeat!, memberId: 'someone' })
  await ask(on, 'ShareGroupHeartbeat', 1, requests.ShareGroupHeartbeat!)
  await ask(on, 'ShareFetch', 1, requests.ShareFetch!)
  await ask(on, 'StreamsGroupHeartbeat', 1, { ...requests.StreamsGroupHeartbeat!, memberId: 'someone' })
  await ask(on, 'AlterShareGroupOffsets', 0, requests.AlterShareGroupOffsets!)
  const partitions = [{ partitionIndex: 0, committedOffset: 0, committedMetadata: '' }]
  await ask(on, 'OffsetCommit', 7, { groupId: 'solo', topics: [{ name: 'orders', partitions }] })
}

/** What Apache Kafka on one node, without authorizer and on a plaintext listener, has to refuse. */
export const REFUSED: ReadonlyMap<string, number> = new Map(
  Object.entries({
    DescribeAcls: 'SECURITY_DISABLED',
    CreateAcls: 'SECURITY_DISABLED',
    DeleteAcls: 'SECURITY_DISABLED',
    CreateDelegationToken: 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED',
    RenewDelegationToken: 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED',
    ExpireDelegationToken: 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED',
    DescribeDelegationToken: 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED',
    ElectLeaders: 'ELECTION_NOT_NEEDED',
    AlterReplicaLogDirs: 'LOG_DIR_NOT_FOUND',
    AddRaftVoter: 'REQUEST_TIMED_OUT',
    RemoveRaftVoter: 'VOTER_NOT_FOUND',
    UnregisterBroker: 'BROKER_ID_NOT_REGISTERED',
    UnregisterController: 'CONTROLLER_ID_NOT_REGISTERED',
    StreamsGroupTopologyDescriptionUpdate: 'UNSUPPORTED_VERSION',
    PushTelemetry: 'UNKNOWN_SUBSCRIPTION_ID',
    // This broker has no logins.
    SaslHandshake: 'ILLEGAL_SASL_STATE',
    SaslAuthenticate: 'ILLEGAL_SASL_STATE',
  }).map(([api, error]) => [api, errorCode(error)]),
)
