// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareGroupPartitionMetadataKey  data  versions=9 flexible=none
  groupId  string  9
`
