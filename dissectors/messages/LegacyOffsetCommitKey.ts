// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
LegacyOffsetCommitKey  data  key=0 versions=0 flexible=none
  group      string  0
  topic      string  0
  partition  int32   0
`
