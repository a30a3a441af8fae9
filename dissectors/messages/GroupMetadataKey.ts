// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
GroupMetadataKey  data  key=2 versions=0 flexible=none removed=2
  group  string  0-2
`
