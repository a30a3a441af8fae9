// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ClearElrRecord  data  key=28 versions=0 flexible=0+
  topicName  string  0+ entity=topicName
`
