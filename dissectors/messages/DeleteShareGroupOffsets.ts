// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DeleteShareGroupOffsetsRequest  request  key=92 versions=0 flexible=0+ listeners=broker
  groupId      string                                 0+ entity=groupId
  topics       []DeleteShareGroupOffsetsRequestTopic  0+
    topicName  string                                 0+ entity=topicName

DeleteShareGroupOffsetsResponse  response  key=92 versions=0 flexible=0+
  throttleTimeMs  int32                                   0+
  errorCode       int16                                   0+
  errorMessage    string                                  0+ nullable=0+ default=null
  responses       []DeleteShareGroupOffsetsResponseTopic  0+
    topicName     string                                  0+ entity=topicName
    topicId       uuid                                    0+
    errorCode     int16                                   0+
    errorMessage  string                                  0+ nullable=0+ default=null
`
