// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DescribeProducersRequest  request  key=61 versions=0 flexible=0+ listeners=broker
  topics              []TopicRequest  0+
    name              string          0+ key entity=topicName
    partitionIndexes  []int32         0+

DescribeProducersResponse  response  key=61 versions=0 flexible=0+
  throttleTimeMs               int32                0+
  topics                       []TopicResponse      0+
    name                       string               0+ entity=topicName
    partitions                 []PartitionResponse  0+
      partitionIndex           int32                0+
      errorCode                int16                0+
      errorMessage             string               0+ nullable=0+ default=null
      activeProducers          []ProducerState      0+
        producerId             int64                0+ entity=producerId
        producerEpoch          int32                0+
        lastSequence           int32                0+ default=-1
        lastTimestamp          int64                0+ default=-1
        coordinatorEpoch       int32                0+
        currentTxnStartOffset  int64                0+ default=-1
`
