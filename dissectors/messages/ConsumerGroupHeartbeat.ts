// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupHeartbeatRequest  request  key=68 versions=0-1 flexible=0+ listeners=broker
  groupId               string             0+ entity=groupId
  memberId              string             0+
  memberEpoch           int32              0+
  instanceId            string             0+ nullable=0+ default=null
  rackId                string             0+ nullable=0+ default=null
  rebalanceTimeoutMs    int32              0+ default=-1
  subscribedTopicNames  []string           0+ nullable=0+ default=null entity=topicName
  subscribedTopicRegex  string             1+ nullable=1+ default=null
  serverAssignor        string             0+ nullable=0+ default=null
  topicPartitions       []TopicPartitions  0+ nullable=0+ default=null
    topicId             uuid               0+
    partitions          []int32            0+

ConsumerGroupHeartbeatResponse  response  key=68 versions=0-1 flexible=0+
  throttleTimeMs       int32              0+
  errorCode            int16              0+
  errorMessage         string             0+ nullable=0+ default=null
  memberId             string             0+ nullable=0+ default=null
  memberEpoch          int32              0+
  heartbeatIntervalMs  int32              0+
  assignment           Assignment         0+ nullable=0+ default=null
    topicPartitions    []TopicPartitions  0+
      topicId          uuid               0+
      partitions       []int32            0+
`
