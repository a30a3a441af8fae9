// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
FetchRequest  request  key=1 versions=4-18 flexible=12+ removed=0-3 listeners=broker,controller
  clusterId               string            12+  nullable=12+ tag=0 tagged=12+ default=null ignorable
  replicaId               int32             0-14 default=-1 entity=brokerId
  replicaState            ReplicaState      15+  tag=1 tagged=15+
    replicaId             int32             15+  default=-1 entity=brokerId
    replicaEpoch          int64             15+  default=-1
  maxWaitMs               int32             0+
  minBytes                int32             0+
  maxBytes                int32             3+   default=0x7fffffff ignorable
  isolationLevel          int8              4+   default=0 ignorable
  sessionId               int32             7+   default=0 ignorable
  sessionEpoch            int32             7+   default=-1 ignorable
  topics                  []FetchTopic      0+
    topic                 string            0-12 ignorable entity=topicName
    topicId               uuid              13+  ignorable
    partitions            []FetchPartition  0+
      partition           int32             0+
      currentLeaderEpoch  int32             9+   default=-1 ignorable
      fetchOffset         int64             0+
      lastFetchedEpoch    int32             12+  default=-1
      logStartOffset      int64             5+   default=-1 ignorable
      partitionMaxBytes   int32             0+
      replicaDirectoryId  uuid              17+  tag=0 tagged=17+ ignorable
      highWatermark       int64             18+  tag=1 tagged=18+ default=9223372036854775807 ignorable
  forgottenTopicsData     []ForgottenTopic  7+
    topic                 string            7-12 ignorable entity=topicName
    topicId               uuid              13+  ignorable
    partitions            []int32           7+
  rackId                  string            11+  ignorable

FetchResponse  response  key=1 versions=4-18 flexible=12+ removed=0-3
  throttleTimeMs            int32                     1+   ignorable
  errorCode                 int16                     7+   ignorable
  sessionId                 int32                     7+   default=0
  responses                 []FetchableTopicResponse  0+
    topic                   string                    0-12 ignorable entity=topicName
    topicId                 uuid                      13+  ignorable
    partitions              []PartitionData           0+
      partitionIndex        int32                     0+
      errorCode             int16                     0+
      highWatermark         int64                     0+
      lastStableOffset      int64                     4+   default=-1 ignorable
      logStartOffset        int64                     5+   default=-1 ignorable
      divergingEpoch        EpochEndOffset            12+  tag=0 tagged=12+
        epoch               int32                     12+  default=-1
        endOffset           int64                     12+  default=-1
      currentLeader         LeaderIdAndEpoch          12+  tag=1 tagged=12+
        leaderId            int32                     12+  default=-1 entity=brokerId
        leaderEpoch         int32                     12+  default=-1
      snapshotId            SnapshotId                12+  tag=2 tagged=12+
        endOffset           int64                     0+   default=-1
        epoch               int32                     0+   default=-1
      abortedTransactions   []AbortedTransaction      4+   nullable=4+ ignorable
        producerId          int64                     4+   entity=producerId
        firstOffset         int64                     4+
      preferredReadReplica  int32                     11+  default=-1 entity=brokerId
      records               records                   0+   nullable=0+
  nodeEndpoints             []NodeEndpoint            16+  tag=0 tagged=16+
    nodeId                  int32                     16+  key entity=brokerId
    host                    string                    16+
    port                    int32                     16+
    rack                    string                    16+  nullable=16+ default=null
`
