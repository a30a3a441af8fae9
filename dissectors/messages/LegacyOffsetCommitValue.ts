// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
LegacyOffsetCommitValue  data  key=0 versions=0 flexible=none
  offset           int64   0
  metadata         string  0
  commitTimestamp  int64   0
`
