// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AlterPartitionReassignmentsRequest  request  key=45 versions=0-1 flexible=0+ listeners=broker,controller
  timeoutMs                     int32                    0+ default=60000
  allowReplicationFactorChange  bool                     1+ default=true
  topics                        []ReassignableTopic      0+
    name                        string                   0+ entity=topicName
    partitions                  []ReassignablePartition  0+
      partitionIndex            int32                    0+
      replicas                  []int32                  0+ nullable=0+ default=null entity=brokerId

AlterPartitionReassignmentsResponse  response  key=45 versions=0-1 flexible=0+
  throttleTimeMs                int32                            0+
  allowReplicationFactorChange  bool                             1+ default=true ignorable
  errorCode                     int16                            0+
  errorMessage                  string                           0+ nullable=0+
  responses                     []ReassignableTopicResponse      0+
    name                        string                           0+ entity=topicName
    partitions                  []ReassignablePartitionResponse  0+
      partitionIndex            int32                            0+
      errorCode                 int16                            0+
      errorMessage              string                           0+ nullable=0+
`
