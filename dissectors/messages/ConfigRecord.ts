// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConfigRecord  data  key=4 versions=0 flexible=0+
  resourceType  int8    0+
  resourceName  string  0+
  name          string  0+
  value         string  0+ nullable=0+
`
