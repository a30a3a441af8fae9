// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DescribeTopicPartitionsRequest  request  key=75 versions=0 flexible=0+ listeners=broker
  topics                  []TopicRequest  0+
    name                  string          0+ entity=topicName
  responsePartitionLimit  int32           0+ default=2000
  cursor                  Cursor          0+ nullable=0+ default=null
    topicName             string          0+ entity=topicName
    partitionIndex        int32           0+

DescribeTopicPartitionsResponse  response  key=75 versions=0 flexible=0+
  throttleTimeMs               int32                                       0+ ignorable
  topics                       []DescribeTopicPartitionsResponseTopic      0+
    errorCode                  int16                                       0+
    name                       string                                      0+ nullable=0+ key entity=topicName
    topicId                    uuid                                        0+ ignorable
    isInternal                 bool                                        0+ default=false ignorable
    partitions                 []DescribeTopicPartitionsResponsePartition  0+
      errorCode                int16                                       0+
      partitionIndex           int32                                       0+
      leaderId                 int32                                       0+ entity=brokerId
      leaderEpoch              int32                                       0+ default=-1 ignorable
      replicaNodes             []int32                                     0+ entity=brokerId
      isrNodes                 []int32                                     0+ entity=brokerId
      eligibleLeaderReplicas   []int32                                     0+ nullable=0+ default=null entity=brokerId
      lastKnownElr             []int32                                     0+ nullable=0+ default=null entity=brokerId
      offlineReplicas          []int32                                     0+ ignorable entity=brokerId
    topicAuthorizedOperations  int32                                       0+ default=-2147483648
  nextCursor                   Cursor                                      0+ nullable=0+ default=null
    topicName                  string                                      0+ entity=topicName
    partitionIndex             int32                                       0+
`
