// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
StreamsGroupTargetAssignmentMetadataKey  data  key=20 versions=0 flexible=none
  groupId  string  0
`
