// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AddPartitionsToTxnRequest  request  key=24 versions=0-5 flexible=3+ listeners=broker
  transactions               []AddPartitionsToTxnTransaction  4+
    transactionalId          string                           4+  key entity=transactionalId
    producerId               int64                            4+  entity=producerId
    producerEpoch            int16                            4+
    verifyOnly               bool                             4+  default=false
    topics                   []AddPartitionsToTxnTopic        4+
  v3AndBelowTransactionalId  string                           0-3 entity=transactionalId
  v3AndBelowProducerId       int64                            0-3 entity=producerId
  v3AndBelowProducerEpoch    int16                            0-3
  v3AndBelowTopics           []AddPartitionsToTxnTopic        0-3
  struct AddPartitionsToTxnTopic
    name                     string                           0+  key entity=topicName
    partitions               []int32                          0+

AddPartitionsToTxnResponse  response  key=24 versions=0-5 flexible=3+
  throttleTimeMs            int32                                0+
  errorCode                 int16                                4+  ignorable
  resultsByTransaction      []AddPartitionsToTxnResult           4+
    transactionalId         string                               4+  key entity=transactionalId
    topicResults            []AddPartitionsToTxnTopicResult      4+
  resultsByTopicV3AndBelow  []AddPartitionsToTxnTopicResult      0-3
  struct AddPartitionsToTxnTopicResult
    name                    string                               0+  key entity=topicName
    resultsByPartition      []AddPartitionsToTxnPartitionResult  0+
      partitionIndex        int32                                0+  key
      partitionErrorCode    int16                                0+
`
