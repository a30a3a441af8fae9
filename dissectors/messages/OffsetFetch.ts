// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
OffsetFetchRequest  request  key=9 versions=1-10 flexible=6+ removed=0 listeners=broker
  groupId               string                      0-7 entity=groupId
  topics                []OffsetFetchRequestTopic   0-7 nullable=2-7
    name                string                      0-7 entity=topicName
    partitionIndexes    []int32                     0-7
  groups                []OffsetFetchRequestGroup   8+
    groupId             string                      8+  entity=groupId
    memberId            string                      9+  nullable=9+ default=null ignorable
    memberEpoch         int32                       9+  default=-1 ignorable
    topics              []OffsetFetchRequestTopics  8+  nullable=8+
      name              string                      8-9 ignorable entity=topicName
      topicId           uuid                        10+ ignorable
      partitionIndexes  []int32                     8+
  requireStable         bool                        7+  default=false

OffsetFetchResponse  response  key=9 versions=1-10 flexible=6+ removed=0
  throttleTimeMs              int32                            3+  ignorable
  topics                      []OffsetFetchResponseTopic       0-7
    name                      string                           0-7 entity=topicName
    partitions                []OffsetFetchResponsePartition   0-7
      partitionIndex          int32                            0-7
      committedOffset         int64                            0-7
      committedLeaderEpoch    int32                            5-7 default=-1 ignorable
      metadata                string                           0-7 nullable=0-7
      errorCode               int16                            0-7
  errorCode                   int16                            2-7 default=0 ignorable
  groups                      []OffsetFetchResponseGroup       8+
    groupId                   string                           8+  entity=groupId
    topics                    []OffsetFetchResponseTopics      8+
      name                    string                           8-9 ignorable entity=topicName
      topicId                 uuid                             10+ ignorable
      partitions              []OffsetFetchResponsePartitions  8+
        partitionIndex        int32                            8+
        committedOffset       int64                            8+
        committedLeaderEpoch  int32                            8+  default=-1 ignorable
        metadata              string                           8+  nullable=8+
        errorCode             int16                            8+
    errorCode                 int16                            8+  default=0
`
