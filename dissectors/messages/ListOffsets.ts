// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ListOffsetsRequest  request  key=2 versions=1-11 flexible=6+ removed=0 listeners=broker
  replicaId               int32                   0+  entity=brokerId
  isolationLevel          int8                    2+
  topics                  []ListOffsetsTopic      0+
    name                  string                  0+  entity=topicName
    partitions            []ListOffsetsPartition  0+
      partitionIndex      int32                   0+
      currentLeaderEpoch  int32                   4+  default=-1 ignorable
      timestamp           int64                   0+
      maxNumOffsets       int32                   0   default=1
  timeoutMs               int32                   10+ ignorable

ListOffsetsResponse  response  key=2 versions=1-11 flexible=6+ removed=0
  throttleTimeMs       int32                           2+ ignorable
  topics               []ListOffsetsTopicResponse      0+
    name               string                          0+ entity=topicName
    partitions         []ListOffsetsPartitionResponse  0+
      partitionIndex   int32                           0+
      errorCode        int16                           0+
      oldStyleOffsets  []int64                         0
      timestamp        int64                           1+ default=-1
      offset           int64                           1+ default=-1
      leaderEpoch      int32                           4+ default=-1
`
