// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ProduceRequest  request  key=0 versions=3-13 flexible=9+ removed=0-2 listeners=broker
  transactionalId  string                  3+   nullable=3+ default=null entity=transactionalId
  acks             int16                   0+
  timeoutMs        int32                   0+
  topicData        []TopicProduceData      0+
    name           string                  0-12 ignorable key entity=topicName
    topicId        uuid                    13+  ignorable key
    partitionData  []PartitionProduceData  0+
      index        int32                   0+
      records      records                 0+   nullable=0+

ProduceResponse  response  key=0 versions=3-13 flexible=9+ removed=0-2
  responses                     []TopicProduceResponse       0+
    name                        string                       0-12 ignorable key entity=topicName
    topicId                     uuid                         13+  ignorable key
    partitionResponses          []PartitionProduceResponse   0+
      index                     int32                        0+
      errorCode                 int16                        0+
      baseOffset                int64                        0+
      logAppendTimeMs           int64                        2+   default=-1 ignorable
      logStartOffset            int64                        5+   default=-1 ignorable
      recordErrors              []BatchIndexAndErrorMessage  8+   ignorable
        batchIndex              int32                        8+
        batchIndexErrorMessage  string                       8+   nullable=8+ default=null
      errorMessage              string                       8+   nullable=8+ default=null ignorable
      currentLeader             LeaderIdAndEpoch             10+  tag=0 tagged=10+
        leaderId                int32                        10+  default=-1 entity=brokerId
        leaderEpoch             int32                        10+  default=-1
  throttleTimeMs                int32                        1+   default=0 ignorable
  nodeEndpoints                 []NodeEndpoint               10+  tag=0 tagged=10+
    nodeId                      int32                        10+  key entity=brokerId
    host                        string                       10+
    port                        int32                        10+
    rack                        string                       10+  nullable=10+ default=null
`
