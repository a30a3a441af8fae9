// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupPartitionMetadataKey  data  key=4 versions=0 flexible=none removed=4
  groupId  string  0-4
`
