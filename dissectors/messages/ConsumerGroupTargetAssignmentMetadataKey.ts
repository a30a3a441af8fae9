// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupTargetAssignmentMetadataKey  data  key=6 versions=0 flexible=none removed=6
  groupId  string  0-6
`
