// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AlterClientQuotasRequest  request  key=49 versions=0-1 flexible=1+ listeners=broker,controller
  entries         []EntryData   0+
    entity        []EntityData  0+
      entityType  string        0+
      entityName  string        0+ nullable=0+
    ops           []OpData      0+
      key         string        0+
      value       float64       0+
      remove      bool          0+
  validateOnly    bool          0+

AlterClientQuotasResponse  response  key=49 versions=0-1 flexible=1+
  throttleTimeMs  int32         0+
  entries         []EntryData   0+
    errorCode     int16         0+
    errorMessage  string        0+ nullable=0+
    entity        []EntityData  0+
      entityType  string        0+
      entityName  string        0+ nullable=0+
`
