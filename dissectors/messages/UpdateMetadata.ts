// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
UpdateMetadataRequest  request  key=6 versions=0-8 flexible=6+ listeners=zkBroker
  controllerId              int32                           0+  entity=brokerId
  isKRaftController         bool                            8+  default=false
  type                      int8                            8+  tag=0 tagged=8+ default=0
  controllerEpoch           int32                           0+
  brokerEpoch               int64                           5+  default=-1 ignorable
  ungroupedPartitionStates  []UpdateMetadataPartitionState  0-4
  topicStates               []UpdateMetadataTopicState      5+
    topicName               string                          5+  entity=topicName
    topicId                 uuid                            7+  ignorable
    partitionStates         []UpdateMetadataPartitionState  5+
  liveBrokers               []UpdateMetadataBroker          0+
    id                      int32                           0+  entity=brokerId
    v0Host                  string                          0   ignorable
    v0Port                  int32                           0   ignorable
    endpoints               []UpdateMetadataEndpoint        1+  ignorable
      port                  int32                           1+
      host                  string                          1+
      listener              string                          3+  ignorable
      securityProtocol      int16                           1+
    rack                    string                          2+  nullable=0+ ignorable
  struct UpdateMetadataPartitionState
    topicName               string                          0-4 ignorable entity=topicName
    partitionIndex          int32                           0+
    controllerEpoch         int32                           0+
    leader                  int32                           0+  entity=brokerId
    leaderEpoch             int32                           0+
    isr                     []int32                         0+  entity=brokerId
    zkVersion               int32                           0+
    replicas                []int32                         0+  entity=brokerId
    offlineReplicas         []int32                         4+  ignorable entity=brokerId

UpdateMetadataResponse  response  key=6 versions=0-8 flexible=6+
  errorCode  int16  0+
`
