// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
SnapshotFooterRecord  data  versions=0 flexible=0+
  version  int16  0+
`
