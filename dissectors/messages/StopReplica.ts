// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
StopReplicaRequest  request  key=5 versions=0-4 flexible=2+ listeners=zkBroker
  controllerId         int32                        0+  entity=brokerId
  isKRaftController    bool                         4+  default=false
  controllerEpoch      int32                        0+
  brokerEpoch          int64                        1+  default=-1 ignorable
  deletePartitions     bool                         0-2
  ungroupedPartitions  []StopReplicaPartitionV0     0
    topicName          string                       0   entity=topicName
    partitionIndex     int32                        0
  topics               []StopReplicaTopicV1         1-2
    name               string                       1-2 entity=topicName
    partitionIndexes   []int32                      1-2
  topicStates          []StopReplicaTopicState      3+
    topicName          string                       3+  entity=topicName
    partitionStates    []StopReplicaPartitionState  3+
      partitionIndex   int32                        3+
      leaderEpoch      int32                        3+  default=-1
      deletePartition  bool                         3+

StopReplicaResponse  response  key=5 versions=0-4 flexible=2+
  errorCode         int16                        0+
  partitionErrors   []StopReplicaPartitionError  0+
    topicName       string                       0+ entity=topicName
    partitionIndex  int32                        0+
    errorCode       int16                        0+
`
