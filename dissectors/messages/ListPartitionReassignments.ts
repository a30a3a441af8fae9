// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ListPartitionReassignmentsRequest  request  key=46 versions=0 flexible=0+ listeners=broker,controller
  timeoutMs           int32                               0+ default=60000
  topics              []ListPartitionReassignmentsTopics  0+ nullable=0+ default=null
    name              string                              0+ entity=topicName
    partitionIndexes  []int32                             0+

ListPartitionReassignmentsResponse  response  key=46 versions=0 flexible=0+
  throttleTimeMs        int32                           0+
  errorCode             int16                           0+
  errorMessage          string                          0+ nullable=0+
  topics                []OngoingTopicReassignment      0+
    name                string                          0+ entity=topicName
    partitions          []OngoingPartitionReassignment  0+
      partitionIndex    int32                           0+
      replicas          []int32                         0+ entity=brokerId
      addingReplicas    []int32                         0+ entity=brokerId
      removingReplicas  []int32                         0+ entity=brokerId
`
