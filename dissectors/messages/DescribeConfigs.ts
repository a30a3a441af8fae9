// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DescribeConfigsRequest  request  key=32 versions=1-4 flexible=4+ removed=0 listeners=broker,controller
  resources             []DescribeConfigsResource  0+
    resourceType        int8                       0+
    resourceName        string                     0+
    configurationKeys   []string                   0+ nullable=0+
  includeSynonyms       bool                       1+ default=false
  includeDocumentation  bool                       3+ default=false

DescribeConfigsResponse  response  key=32 versions=1-4 flexible=4+ removed=0
  throttleTimeMs     int32                            0+
  results            []DescribeConfigsResult          0+
    errorCode        int16                            0+
    errorMessage     string                           0+ nullable=0+
    resourceType     int8                             0+
    resourceName     string                           0+
    configs          []DescribeConfigsResourceResult  0+
      name           string                           0+
      value          string                           0+ nullable=0+
      readOnly       bool                             0+
      isDefault      bool                             0
      configSource   int8                             1+ default=-1 ignorable
      isSensitive    bool                             0+
      synonyms       []DescribeConfigsSynonym         1+ ignorable
        name         string                           1+
        value        string                           1+ nullable=0+
        source       int8                             1+
      configType     int8                             3+ default=0 ignorable
      documentation  string                           3+ nullable=0+ ignorable
`
