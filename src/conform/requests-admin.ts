/** Sound requests for what administrators ask, in forms that change nothing but the run's own topics. */
import { SOFTWARE } from '../client/connection.ts'
import { pause } from './lab.ts'
import type { Recipe } from './recipe.ts'

/** ConfigResource.Type */
const TOPIC = 2
const WITHOUT_AUTHORIZER = ['SECURITY_DISABLED', 'CLUSTER_AUTHORIZATION_FAILED']
const WITHOUT_TOKENS = [
  'DELEGATION_TOKEN_AUTH_DISABLED',
  'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED',
  'DELEGATION_TOKEN_NOT_FOUND',
]

/** Filters that match everything: type, operation and permission ANY (1). */
const ANY_ACL = { resourceTypeFilter: 1, patternTypeFilter: 1, operation: 1, permissionType: 1 }

export const ADMIN_RECIPES: readonly Recipe[] = [
  { api: 'ApiVersions', body: () => SOFTWARE },
  {
    api: 'SaslHandshake',
    body: () => ({ mechanism: 'PLAIN' }),
    // Of a listener without SASL, and after a login (SaslServerAuthenticator).
    errors: ['ILLEGAL_SASL_STATE', 'UNSUPPORTED_SASL_MECHANISM'],
  },
  { api: 'SaslAuthenticate', body: () => ({ authBytes: '' }), errors: ['ILLEGAL_SASL_STATE'] },
  {
    api: 'CreateTopics',
    body: (bench, version) => {
      const name = bench.name('made')
      // v0 can't but make it.
      if (version === 0) bench.lab.topics.add(name)
      const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
      return { topics: [topic], timeoutMs: 10_000, validateOnly: true }
    },
  },
  {
    api: 'DeleteTopics',
    body: async (bench) => {
      const { name } = await bench.lab.createTopic(bench.name('gone'))
      return { topics: [{ name }], topicNames: [name], timeoutMs: 10_000 }
    },
  },
  {
    api: 'CreatePartitions',
    body: async ({ lab }) => ({
      topics: [{ name: (await lab.topic()).name, count: 2, assignments: null }],
      timeoutMs: 10_000,
      validateOnly: true,
    }),
  },
  {
    api: 'DescribeConfigs',
    body: async ({ lab }) => ({
      resources: [{ resourceType: TOPIC, resourceName: (await lab.topic()).name, configurationKeys: null }],
      includeSynonyms: true,
      includeDocumentation: true,
    }),
  },
  {
    api: 'AlterConfigs',
    body: async ({ lab }) => {
      const configs = [{ name: 'retention.ms', value: '86400000' }]
      const resources = [{ resourceType: TOPIC, resourceName: (await lab.topic()).name, configs }]
      return { resources, validateOnly: true }
    },
  },
  {
    api: 'IncrementalAlterConfigs',
    body: async ({ lab }) => {
      const configs = [{ name: 'retention.ms', configOperation: 0, value: '86400000' }]
      const resources = [{ resourceType: TOPIC, resourceName: (await lab.topic()).name, configs }]
      return { resources, validateOnly: true }
    },
  },
  { api: 'DescribeAcls', body: () => ANY_ACL, errors: WITHOUT_AUTHORIZER },
  { api: 'CreateAcls', body: () => ({ creations: [] }), errors: WITHOUT_AUTHORIZER },
  { api: 'DeleteAcls', body: () => ({ filters: [] }), errors: WITHOUT_AUTHORIZER },
  { api: 'AlterReplicaLogDirs', body: () => ({ dirs: [] }) },
  {
    api: 'DescribeLogDirs',
    where: 'leader',
    body: async ({ lab }) => ({ topics: [{ topic: (await lab.topic()).name, partitions: [0] }] }),
  },
  {
    api: 'CreateDelegationToken',
    body: () => ({ renewers: [], maxLifetimeMs: 60_000 }),
    errors: WITHOUT_TOKENS,
    // A period below zero ends the token at once (KIP-48).
    after: async ({ lab }, { errorCode, hmac }) => {
      if (errorCode !== 0 || !(hmac instanceof Uint8Array)) return
      // The node that is asked may not have heard of it yet.
      for (const end = performance.now() + 5000; performance.now() < end; await pause(50)) {
        const expiring = { hmac, expiryTimePeriodMs: -1 }
        const expired = await lab.ask<{ errorCode: number }>('ExpireDelegationToken', expiring)
        if (expired.errorCode === 0) return
      }
    },
  },
  { api: 'RenewDelegationToken', body: () => ({ hmac: 'AAAA', renewPeriodMs: 1000 }), errors: WITHOUT_TOKENS },
  { api: 'ExpireDelegationToken', body: () => ({ hmac: 'AAAA', expiryTimePeriodMs: 1000 }), errors: WITHOUT_TOKENS },
  { api: 'DescribeDelegationToken', body: () => ({ owners: [] }), errors: WITHOUT_TOKENS },
  {
    api: 'ElectLeaders',
    body: async ({ lab }) => ({
      topicPartitions: [{ topic: (await lab.topic()).name, partitions: [0] }],
      timeoutMs: 10_000,
    }),
    errors: ['ELECTION_NOT_NEEDED'],
    skipEmpty: { from: 0, reason: 'null stands for all partitions of the cluster' },
  },
  { api: 'AlterPartitionReassignments', body: () => ({ topics: [] }) },
  {
    api: 'ListPartitionReassignments',
    body: async ({ lab }) => ({ topics: [{ name: (await lab.topic()).name, partitionIndexes: [0] }] }),
  },
  {
    api: 'DescribeClientQuotas',
    body: ({ lab }) => ({ components: [{ entityType: 'client-id', matchType: 0, match: lab.name('quota') }] }),
  },
  {
    api: 'AlterClientQuotas',
    body: ({ lab }) => ({
      entries: [
        {
          entity: [{ entityType: 'client-id', entityName: lab.name('quota') }],
          ops: [{ key: 'producer_byte_rate', value: 1_000_000, remove: false }],
        },
      ],
      validateOnly: true,
    }),
  },
  {
    api: 'DescribeUserScramCredentials',
    body: ({ lab }) => ({ users: [{ name: lab.name('user') }] }),
    errors: ['RESOURCE_NOT_FOUND'],
  },
  {
    api: 'AlterUserScramCredentials',
    body: ({ lab }) => ({ deletions: [{ name: lab.name('user'), mechanism: 1 }], upsertions: [] }),
    errors: ['RESOURCE_NOT_FOUND'],
  },
  {
    api: 'DescribeQuorum',
    body: () => ({ topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }] }),
  },
  {
    api: 'UpdateFeatures',
    body: () => ({ featureUpdates: [], timeoutMs: 10_000, validateOnly: true }),
    errors: ['INVALID_REQUEST'],
  },
  { api: 'DescribeCluster', body: () => ({ endpointType: 1 }) },
  { api: 'ListConfigResources', body: () => ({ resourceTypes: [] }) },
  { api: 'ListClientMetricsResources', body: () => ({}) },
  {
    api: 'DescribeTopicPartitions',
    body: async ({ lab }) => ({ topics: [{ name: (await lab.topic()).name }], responsePartitionLimit: 10 }),
  },
]
