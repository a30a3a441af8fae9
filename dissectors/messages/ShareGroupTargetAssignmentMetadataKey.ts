// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareGroupTargetAssignmentMetadataKey  data  key=12 versions=0 flexible=none
  groupId  string  0
`
