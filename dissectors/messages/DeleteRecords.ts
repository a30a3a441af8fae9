// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DeleteRecordsRequest  request  key=21 versions=0-2 flexible=2+ listeners=broker
  topics              []DeleteRecordsTopic      0+
    name              string                    0+ entity=topicName
    partitions        []DeleteRecordsPartition  0+
      partitionIndex  int32                     0+
      offset          int64                     0+
  timeoutMs           int32                     0+

DeleteRecordsResponse  response  key=21 versions=0-2 flexible=2+
  throttleTimeMs      int32                           0+
  topics              []DeleteRecordsTopicResult      0+
    name              string                          0+ key entity=topicName
    partitions        []DeleteRecordsPartitionResult  0+
      partitionIndex  int32                           0+ key
      lowWatermark    int64                           0+
      errorCode       int16                           0+
`
