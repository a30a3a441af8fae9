// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
LeaderAndIsrRequest  request  key=4 versions=0-7 flexible=4+ listeners=zkBroker
  controllerId              int32                         0+  entity=brokerId
  isKRaftController         bool                          7+  default=false
  controllerEpoch           int32                         0+
  brokerEpoch               int64                         2+  default=-1 ignorable
  type                      int8                          5+
  ungroupedPartitionStates  []LeaderAndIsrPartitionState  0-1
  topicStates               []LeaderAndIsrTopicState      2+
    topicName               string                        2+  entity=topicName
    topicId                 uuid                          5+  ignorable
    partitionStates         []LeaderAndIsrPartitionState  2+
  liveLeaders               []LeaderAndIsrLiveLeader      0+
    brokerId                int32                         0+  entity=brokerId
    hostName                string                        0+
    port                    int32                         0+
  struct LeaderAndIsrPartitionState
    topicName               string                        0-1 ignorable entity=topicName
    partitionIndex          int32                         0+
    controllerEpoch         int32                         0+
    leader                  int32                         0+  entity=brokerId
    leaderEpoch             int32                         0+
    isr                     []int32                       0+  entity=brokerId
    partitionEpoch          int32                         0+
    replicas                []int32                       0+  entity=brokerId
    addingReplicas          []int32                       3+  ignorable entity=brokerId
    removingReplicas        []int32                       3+  ignorable entity=brokerId
    isNew                   bool                          1+  default=false ignorable
    leaderRecoveryState     int8                          6+  default=0

LeaderAndIsrResponse  response  key=4 versions=0-7 flexible=4+
  errorCode          int16                         0+
  partitionErrors    []LeaderAndIsrPartitionError  0-4
  topics             []LeaderAndIsrTopicError      5+
    topicId          uuid                          5+  key
    partitionErrors  []LeaderAndIsrPartitionError  5+
  struct LeaderAndIsrPartitionError
    topicName        string                        0-4 ignorable entity=topicName
    partitionIndex   int32                         0+
    errorCode        int16                         0+
`
