// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupMetadataKey  data  key=3 versions=0 flexible=none removed=3
  groupId  string  0-3
`
