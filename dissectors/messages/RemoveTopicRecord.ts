// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
RemoveTopicRecord  data  key=9 versions=0 flexible=0+
  topicId  uuid  0+
`
