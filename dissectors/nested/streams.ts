/**
 * User data of Kafka Streams' assignor (its protocol is called `stream`): SubscriptionInfoData.json and AssignmentInfo
 * of kafka-streams. The version is the first field, an int32.
 */
import type { NestedFormat } from './format.ts'

export const STREAMS_SUBSCRIPTION: NestedFormat = {
  form: 'message',
  message: 'StreamsSubscriptionInfo',
  version: 'own-int32',
  certain: false,
}

export const STREAMS_ASSIGNMENT: NestedFormat = {
  form: 'message',
  message: 'StreamsAssignmentInfo',
  version: 'own-int32',
  certain: false,
}

/**
 * `namedTopology` of an assignment's task ids is UTF-16: a count of characters and two bytes for each. Maps that
 * AssignmentInfo writes by a dictionary of topic names (5 and up) hold indexes into it.
 */
export const STREAMS_TABLES: readonly string[] = [
  `
StreamsSubscriptionInfo  data  versions=1-11 flexible=none
  version                 int32                   1+
  latestSupportedVersion  int32                   3+
  processId               uuid                    1+
  prevTasks               []PrevTask              1-6
    topicGroupId          int32                   1-6
    partition             int32                   1-6
  standbyTasks            []StandbyTask           1-6
    topicGroupId          int32                   1-6
    partition             int32                   1-6
  userEndPoint            bytes                   2+
  taskOffsetSums          []TaskOffsetSum         7+
    topicGroupId          int32                   7+
    partition             int32                   10+
    offsetSum             int64                   10+
    namedTopology         string                  10+ nullable=10+
    partitionToOffsetSum  []PartitionToOffsetSum  7-9
      partition           int32                   7-9
      offsetSum           int64                   7-9
  uniqueField             int8                    8+
  errorCode               int32                   9+
  clientTags              []ClientTag             11+
    key                   bytes                   11+
    value                 bytes                   11+
`,
  `
StreamsAssignmentInfo  data  versions=1-11 flexible=none
  version                   int32                   1+
  commonlySupportedVersion  int32                   3+
  activeTasks               []ActiveTask            1+
    topicGroupId            int32                   1+
    partition               int32                   1+
    namedTopology           []uint16                10+
  standbyTasks              []StandbyAssignment     1+
    topicGroupId            int32                   1+
    partition               int32                   1+
    namedTopology           []uint16                10+
    partitions              []StandbyPartition      1+
      topic                 string                  1+
      partition             int32                   1+
  topics                    []TopicName             5+
    index                   int32                   5+
    topic                   string                  5+
  partitionsByHost          []HostPartitions        2+
    host                    string                  2+
    port                    int32                   2+
    partitions              []HostPartition         2+
      topic                 string                  2-4
      topicIndex            int32                   5+
      partition             int32                   2+
  standbyPartitionsByHost   []HostStandbys          6+
    host                    string                  6+
    port                    int32                   6+
    partitions              []HostStandbyPartition  6+
      topicIndex            int32                   6+
      partition             int32                   6+
  errCode                   int32                   4+
  nextRebalanceMs           int64                   7+
`,
]
