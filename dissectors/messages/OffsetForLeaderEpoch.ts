// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
OffsetForLeaderEpochRequest  request  key=23 versions=2-4 flexible=4+ removed=0-1 listeners=broker
  replicaId               int32                       3+ default=-2 ignorable entity=brokerId
  topics                  []OffsetForLeaderTopic      0+
    topic                 string                      0+ key entity=topicName
    partitions            []OffsetForLeaderPartition  0+
      partition           int32                       0+
      currentLeaderEpoch  int32                       2+ default=-1 ignorable
      leaderEpoch         int32                       0+

OffsetForLeaderEpochResponse  response  key=23 versions=2-4 flexible=4+ removed=0-1
  throttleTimeMs   int32                         2+ ignorable
  topics           []OffsetForLeaderTopicResult  0+
    topic          string                        0+ key entity=topicName
    partitions     []EpochEndOffset              0+
      errorCode    int16                         0+
      partition    int32                         0+
      leaderEpoch  int32                         1+ default=-1 ignorable
      endOffset    int64                         0+ default=-1
`
