// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DescribeClientQuotasRequest  request  key=48 versions=0-1 flexible=1+ listeners=broker
  components    []ComponentData  0+
    entityType  string           0+
    matchType   int8             0+
    match       string           0+ nullable=0+
  strict        bool             0+

DescribeClientQuotasResponse  response  key=48 versions=0-1 flexible=1+
  throttleTimeMs  int32         0+
  errorCode       int16         0+
  errorMessage    string        0+ nullable=0+
  entries         []EntryData   0+ nullable=0+
    entity        []EntityData  0+
      entityType  string        0+
      entityName  string        0+ nullable=0+
    values        []ValueData   0+
      key         string        0+
      value       float64       0+
`
