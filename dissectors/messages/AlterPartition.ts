// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AlterPartitionRequest  request  key=56 versions=2-3 flexible=0+ removed=0-1 listeners=controller
  brokerId                 int32            0+  entity=brokerId
  brokerEpoch              int64            0+  default=-1
  topics                   []TopicData      0+
    topicName              string           0-1 ignorable entity=topicName
    topicId                uuid             2+  ignorable
    partitions             []PartitionData  0+
      partitionIndex       int32            0+
      leaderEpoch          int32            0+
      newIsr               []int32          0-2 entity=brokerId
      newIsrWithEpochs     []BrokerState    3+
        brokerId           int32            3+  entity=brokerId
        brokerEpoch        int64            3+  default=-1
      leaderRecoveryState  int8             1+  default=0
      partitionEpoch       int32            0+

AlterPartitionResponse  response  key=56 versions=2-3 flexible=0+ removed=0-1
  throttleTimeMs           int32            0+
  errorCode                int16            0+
  topics                   []TopicData      0+
    topicName              string           0-1 ignorable entity=topicName
    topicId                uuid             2+  ignorable
    partitions             []PartitionData  0+
      partitionIndex       int32            0+
      errorCode            int16            0+
      leaderId             int32            0+  entity=brokerId
      leaderEpoch          int32            0+
      isr                  []int32          0+  entity=brokerId
      leaderRecoveryState  int8             1+  default=0 ignorable
      partitionEpoch       int32            0+
`
