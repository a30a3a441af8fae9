// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareGroupHeartbeatRequest  request  key=76 versions=1 flexible=0+ removed=0 listeners=broker
  groupId               string    0+ entity=groupId
  memberId              string    0+
  memberEpoch           int32     0+
  rackId                string    0+ nullable=0+ default=null
  subscribedTopicNames  []string  0+ nullable=0+ default=null entity=topicName

ShareGroupHeartbeatResponse  response  key=76 versions=1 flexible=0+ removed=0
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
