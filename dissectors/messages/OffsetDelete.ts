// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
OffsetDeleteRequest  request  key=47 versions=0 flexible=none listeners=broker
  groupId             string                          0+ entity=groupId
  topics              []OffsetDeleteRequestTopic      0+
    name              string                          0+ key entity=topicName
    partitions        []OffsetDeleteRequestPartition  0+
      partitionIndex  int32                           0+

OffsetDeleteResponse  response  key=47 versions=0 flexible=none
  errorCode           int16                            0+
  throttleTimeMs      int32                            0+ ignorable
  topics              []OffsetDeleteResponseTopic      0+
    name              string                           0+ key entity=topicName
    partitions        []OffsetDeleteResponsePartition  0+
      partitionIndex  int32                            0+ key
      errorCode       int16                            0+
`
