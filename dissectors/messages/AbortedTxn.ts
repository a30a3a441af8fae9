// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AbortedTxn  data  versions=0 flexible=none
  producerId        int64  0+
  firstOffset       int64  0+
  lastOffset        int64  0+
  lastStableOffset  int64  0+
`
