// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareGroupMetadataKey  data  key=11 versions=0 flexible=none removed=11
  groupId  string  0-11
`
