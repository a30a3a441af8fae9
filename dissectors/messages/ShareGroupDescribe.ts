// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareGroupDescribeRequest  request  key=77 versions=1 flexible=0+ removed=0 listeners=broker
  groupIds                     []string  0+ entity=groupId
  includeAuthorizedOperations  bool      0+

ShareGroupDescribeResponse  response  key=77 versions=1 flexible=0+ removed=0
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
      rackId                string             0+ nullable=0+ default=null
      memberEpoch           int32              0+
      clientId              string             0+
      clientHost            string             0+
      subscribedTopicNames  []string           0+ entity=topicName
      assignment            Assignment         0+
        topicPartitions     []TopicPartitions  0+
          topicId           uuid               0+
          topicName         string             0+ entity=topicName
          partitions        []int32            0+
    authorizedOperations    int32              0+ default=-2147483648
`
