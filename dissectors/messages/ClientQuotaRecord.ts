// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ClientQuotaRecord  data  key=14 versions=0 flexible=0+
  entity        []EntityData  0+
    entityType  string        0+
    entityName  string        0+ nullable=0+
  key           string        0+
  value         float64       0+
  remove        bool          0+
`
