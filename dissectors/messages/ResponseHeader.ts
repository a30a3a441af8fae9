// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ResponseHeader  header  versions=0-1 flexible=1+
  correlationId  int32  0+
`
