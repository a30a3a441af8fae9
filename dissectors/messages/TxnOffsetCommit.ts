// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
TxnOffsetCommitRequest  request  key=28 versions=0-6 flexible=3+ listeners=broker
  transactionalId            string                             0+  entity=transactionalId
  groupId                    string                             0+  entity=groupId
  producerId                 int64                              0+  entity=producerId
  producerEpoch              int16                              0+
  generationIdOrMemberEpoch  int32                              3+  default=-1
  memberId                   string                             3+
  groupInstanceId            string                             3+  nullable=3+ default=null
  topics                     []TxnOffsetCommitRequestTopic      0+
    name                     string                             0-5 ignorable entity=topicName
    topicId                  uuid                               6+  ignorable
    partitions               []TxnOffsetCommitRequestPartition  0+
      partitionIndex         int32                              0+
      committedOffset        int64                              0+
      committedLeaderEpoch   int32                              2+  default=-1 ignorable
      committedMetadata      string                             0+  nullable=0+

TxnOffsetCommitResponse  response  key=28 versions=0-6 flexible=3+
  throttleTimeMs      int32                               0+
  topics              []TxnOffsetCommitResponseTopic      0+
    name              string                              0-5 ignorable entity=topicName
    topicId           uuid                                6+  ignorable
    partitions        []TxnOffsetCommitResponsePartition  0+
      partitionIndex  int32                               0+
      errorCode       int16                               0+
`
