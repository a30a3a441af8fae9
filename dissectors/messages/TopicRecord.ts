// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
TopicRecord  data  key=2 versions=0 flexible=0+
  name     string  0+ entity=topicName
  topicId  uuid    0+
`
