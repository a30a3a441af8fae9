// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareGroupMetadataValue  data  key=11 versions=0 flexible=0+
  epoch         int32  0+
  metadataHash  int64  0+
`
