// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DeleteTopicsRequest  request  key=20 versions=1-6 flexible=4+ removed=0 listeners=broker,controller
  topics      []DeleteTopicState  6+
    name      string              6+  nullable=6+ default=null entity=topicName
    topicId   uuid                6+
  topicNames  []string            0-5 ignorable entity=topicName
  timeoutMs   int32               0+

DeleteTopicsResponse  response  key=20 versions=1-6 flexible=4+ removed=0
  throttleTimeMs  int32                   1+ ignorable
  responses       []DeletableTopicResult  0+
    name          string                  0+ nullable=6+ key entity=topicName
    topicId       uuid                    6+ ignorable
    errorCode     int16                   0+
    errorMessage  string                  5+ nullable=5+ default=null ignorable
`
