// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
OffsetCommitRequest  request  key=8 versions=2-10 flexible=8+ removed=0-1 listeners=broker
  groupId                    string                          0+  entity=groupId
  generationIdOrMemberEpoch  int32                           1+  default=-1 ignorable
  memberId                   string                          1+  ignorable
  groupInstanceId            string                          7+  nullable=7+ default=null
  retentionTimeMs            int64                           2-4 default=-1 ignorable
  topics                     []OffsetCommitRequestTopic      0+
    name                     string                          0-9 ignorable entity=topicName
    topicId                  uuid                            10+ ignorable
    partitions               []OffsetCommitRequestPartition  0+
      partitionIndex         int32                           0+
      committedOffset        int64                           0+
      committedLeaderEpoch   int32                           6+  default=-1 ignorable
      commitTimestamp        int64                           1   default=-1
      committedMetadata      string                          0+  nullable=0+

OffsetCommitResponse  response  key=8 versions=2-10 flexible=8+ removed=0-1
  throttleTimeMs      int32                            3+  ignorable
  topics              []OffsetCommitResponseTopic      0+
    name              string                           0-9 ignorable entity=topicName
    topicId           uuid                             10+ ignorable
    partitions        []OffsetCommitResponsePartition  0+
      partitionIndex  int32                            0+
      errorCode       int16                            0+
`
