// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
CreatePartitionsRequest  request  key=37 versions=0-3 flexible=2+ listeners=broker,controller
  topics         []CreatePartitionsTopic       0+
    name         string                        0+ key entity=topicName
    count        int32                         0+
    assignments  []CreatePartitionsAssignment  0+ nullable=0+
      brokerIds  []int32                       0+ entity=brokerId
  timeoutMs      int32                         0+
  validateOnly   bool                          0+

CreatePartitionsResponse  response  key=37 versions=0-3 flexible=2+
  throttleTimeMs  int32                          0+
  results         []CreatePartitionsTopicResult  0+
    name          string                         0+ entity=topicName
    errorCode     int16                          0+
    errorMessage  string                         0+ nullable=0+ default=null
`
