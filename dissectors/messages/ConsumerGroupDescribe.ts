// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupDescribeRequest  request  key=69 versions=0-1 flexible=0+ listeners=broker
  groupIds                     []string  0+ entity=groupId
  includeAuthorizedOperations  bool      0+

ConsumerGroupDescribeResponse  response  key=69 versions=0-1 flexible=0+
  throttleTimeMs            int32              0+
  groups                    []DescribedGroup   0+
    errorCode               int16              0+
    errorMessage            string             0+ nullable=0+ default=null
    groupId                 string             0+ entity=groupId
    groupState              string             0+
    groupEpoch              int32              0+
    assignmentEpoch         int32              0+
    assignorName            string             0+
    members                 []Member           0+
      memberId              string             0+
      instanceId            string             0+ nullable=0+ default=null
      rackId                string             0+ nullable=0+ default=null
      memberEpoch           int32              0+
      clientId              string             0+
      clientHost            string             0+
      subscribedTopicNames  []string           0+ entity=topicName
      subscribedTopicRegex  string             0+ nullable=0+ default=null
      assignment            Assignment         0+
      targetAssignment      Assignment         0+
      memberType            int8               1+ default=-1 ignorable
    authorizedOperations    int32              0+ default=-2147483648
  struct Assignment
    topicPartitions         []TopicPartitions  0+
      topicId               uuid               0+
      topicName             string             0+ entity=topicName
      partitions            []int32            0+
`
