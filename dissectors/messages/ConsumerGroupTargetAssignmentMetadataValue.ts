// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupTargetAssignmentMetadataValue  data  key=6 versions=0 flexible=0+
  assignmentEpoch      int32  0+
  assignmentTimestamp  int64  0+ tag=0 tagged=0+ default=0 ignorable
`
