// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AlterShareGroupOffsetsRequest  request  key=91 versions=0 flexible=0+ listeners=broker
  groupId             string                                    0+ entity=groupId
  topics              []AlterShareGroupOffsetsRequestTopic      0+
    topicName         string                                    0+ key entity=topicName
    partitions        []AlterShareGroupOffsetsRequestPartition  0+
      partitionIndex  int32                                     0+
      startOffset     int64                                     0+

AlterShareGroupOffsetsResponse  response  key=91 versions=0 flexible=0+
  throttleTimeMs      int32                                      0+
  errorCode           int16                                      0+
  errorMessage        string                                     0+ nullable=0+ default=null
  responses           []AlterShareGroupOffsetsResponseTopic      0+
    topicName         string                                     0+ key entity=topicName
    topicId           uuid                                       0+
    partitions        []AlterShareGroupOffsetsResponsePartition  0+
      partitionIndex  int32                                      0+
      errorCode       int16                                      0+
      errorMessage    string                                     0+ nullable=0+ default=null
`
