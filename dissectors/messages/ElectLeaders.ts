// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ElectLeadersRequest  request  key=43 versions=0-2 flexible=2+ listeners=broker,controller
  electionType     int8               1+
  topicPartitions  []TopicPartitions  0+ nullable=0+
    topic          string             0+ key entity=topicName
    partitions     []int32            0+
  timeoutMs        int32              0+ default=60000

ElectLeadersResponse  response  key=43 versions=0-2 flexible=2+
  throttleTimeMs          int32                    0+
  errorCode               int16                    1+
  replicaElectionResults  []ReplicaElectionResult  0+
    topic                 string                   0+ entity=topicName
    partitionResult       []PartitionResult        0+
      partitionId         int32                    0+
      errorCode           int16                    0+
      errorMessage        string                   0+ nullable=0+
`
