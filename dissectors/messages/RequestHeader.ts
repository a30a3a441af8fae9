// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
RequestHeader  header  versions=1-2 flexible=2+ removed=0
  requestApiKey      int16   0+
  requestApiVersion  int16   0+
  correlationId      int32   0+
  clientId           string  1+ nullable=1+ flexible=none
`
