// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
OffsetCommitKey  data  key=1 versions=0 flexible=none removed=1
  group      string  0-1
  topic      string  0-1
  partition  int32   0-1
`
