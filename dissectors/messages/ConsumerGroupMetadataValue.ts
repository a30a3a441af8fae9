// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupMetadataValue  data  key=3 versions=0 flexible=0+
  epoch         int32  0+
  metadataHash  int64  0+ tag=0 tagged=0+ default=0
`
