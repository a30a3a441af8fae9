/**
 * Records of Kafka's internal topics. Coordinators' keys have an int16 type in front, their values an int16 version
 * (CoordinatorRecordSerde; GroupMetadataManager, TransactionLog before 4.0); metadata records have no key.
 */
import type { NestedFormat } from './format.ts'

const names = (...list: readonly (readonly [number, string])[]): ReadonlyMap<number, string> => new Map(list)

/** Without `Key` and `Value`, which every name has. */
const GROUP_RECORDS = names(
  [0, 'LegacyOffsetCommit'],
  [1, 'OffsetCommit'],
  [2, 'GroupMetadata'],
  [3, 'ConsumerGroupMetadata'],
  [4, 'ConsumerGroupPartitionMetadata'],
  [5, 'ConsumerGroupMemberMetadata'],
  [6, 'ConsumerGroupTargetAssignmentMetadata'],
  [7, 'ConsumerGroupTargetAssignmentMember'],
  [8, 'ConsumerGroupCurrentMemberAssignment'],
  [9, 'ShareGroupPartitionMetadata'],
  [10, 'ShareGroupMemberMetadata'],
  [11, 'ShareGroupMetadata'],
  [12, 'ShareGroupTargetAssignmentMetadata'],
  [13, 'ShareGroupTargetAssignmentMember'],
  [14, 'ShareGroupCurrentMemberAssignment'],
  [15, 'ShareGroupStatePartitionMetadata'],
  [16, 'ConsumerGroupRegularExpression'],
  [17, 'StreamsGroupMetadata'],
  [19, 'StreamsGroupMemberMetadata'],
  [20, 'StreamsGroupTargetAssignmentMetadata'],
  [21, 'StreamsGroupTargetAssignmentMember'],
  [22, 'StreamsGroupCurrentMemberAssignment'],
  [23, 'StreamsGroupTopology'],
)
const TRANSACTION_RECORDS = names([0, 'TransactionLog'])
const SHARE_RECORDS = names([0, 'ShareSnapshot'], [1, 'ShareUpdate'])

const COORDINATOR_LOGS: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map([
  ['__consumer_offsets', GROUP_RECORDS],
  ['__transaction_state', TRANSACTION_RECORDS],
  ['__share_group_state', SHARE_RECORDS],
])

const METADATA_RECORDS = names(
  [0, 'RegisterBrokerRecord'],
  [1, 'UnregisterBrokerRecord'],
  [2, 'TopicRecord'],
  [3, 'PartitionRecord'],
  [4, 'ConfigRecord'],
  [5, 'PartitionChangeRecord'],
  [7, 'FenceBrokerRecord'],
  [8, 'UnfenceBrokerRecord'],
  [9, 'RemoveTopicRecord'],
  [10, 'DelegationTokenRecord'],
  [11, 'UserScramCredentialRecord'],
  [12, 'FeatureLevelRecord'],
  [14, 'ClientQuotaRecord'],
  [15, 'ProducerIdsRecord'],
  [17, 'BrokerRegistrationChangeRecord'],
  [18, 'AccessControlEntryRecord'],
  [19, 'RemoveAccessControlEntryRecord'],
  [20, 'NoOpRecord'],
  [21, 'ZkMigrationStateRecord'],
  [22, 'RemoveUserScramCredentialRecord'],
  [23, 'BeginTransactionRecord'],
  [24, 'EndTransactionRecord'],
  [25, 'AbortTransactionRecord'],
  [26, 'RemoveDelegationTokenRecord'],
  [27, 'RegisterControllerRecord'],
  [28, 'ClearElrRecord'],
  [29, 'UnregisterControllerRecord'],
)
const REMOTE_LOG_RECORDS = names(
  [0, 'RemoteLogSegmentMetadataRecord'],
  [1, 'RemoteLogSegmentMetadataUpdateRecord'],
  [2, 'RemotePartitionDeleteMetadataRecord'],
  [3, 'RemoteLogSegmentMetadataSnapshotRecord'],
)
const FRAMED_LOGS: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map([
  ['__cluster_metadata', METADATA_RECORDS],
  ['__remote_log_metadata', REMOTE_LOG_RECORDS],
])

export const METADATA_TOPIC = '__cluster_metadata'
/** The id that Kafka gives the metadata topic everywhere (Uuid.METADATA_TOPIC_ID). */
export const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** Whether the records of a topic have known contents. */
export const isInternalLog = (topic: string): boolean => COORDINATOR_LOGS.has(topic) || FRAMED_LOGS.has(topic)

/** What a record's key holds; null where that is not known. */
export function keyFormat(topic: string): NestedFormat | null {
  const types = COORDINATOR_LOGS.get(topic)
  if (!types) return null
  const keys = new Map([...types].map(([type, name]) => [type, `${name}Key`]))
  return { form: 'typed', lead: 'int16', types: keys, certain: true }
}

/** What a record's value holds; `keyType` is the int16 at the start of its key, null without a key. */
export function valueFormat(topic: string, keyType: number | null): NestedFormat | null {
  const framed = FRAMED_LOGS.get(topic)
  if (framed) return { form: 'typed', lead: 'frame', types: framed, certain: true }
  const name = keyType === null ? undefined : COORDINATOR_LOGS.get(topic)?.get(keyType)
  if (name === undefined) return null
  // Before 4.0 keys of types 0 and 1 had the same value; the legacy one of 4.0 is its version 0.
  const message = name === 'LegacyOffsetCommit' ? 'OffsetCommitValue' : `${name}Value`
  return { form: 'message', message, version: 'int16', certain: true }
}

/** The value of a control record, by the name of the message it is. */
export const controlFormat = (message: string): NestedFormat => ({
  form: 'message',
  message,
  // A transaction's marker has its version in front, the records of KIP-595 and later have it as their first field.
  version: message === 'EndTxnMarker' ? 'int16' : 'own-int16',
  newer: true,
  certain: true,
})
