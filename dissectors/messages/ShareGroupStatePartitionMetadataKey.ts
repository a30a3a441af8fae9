// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareGroupStatePartitionMetadataKey  data  key=15 versions=0 flexible=none
  groupId  string  0
`
