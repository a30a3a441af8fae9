// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
IncrementalAlterConfigsRequest  request  key=44 versions=0-1 flexible=1+ listeners=broker,controller
  resources            []AlterConfigsResource  0+
    resourceType       int8                    0+ key
    resourceName       string                  0+ key
    configs            []AlterableConfig       0+
      name             string                  0+ key
      configOperation  int8                    0+ key
      value            string                  0+ nullable=0+
  validateOnly         bool                    0+

IncrementalAlterConfigsResponse  response  key=44 versions=0-1 flexible=1+
  throttleTimeMs  int32                           0+
  responses       []AlterConfigsResourceResponse  0+
    errorCode     int16                           0+
    errorMessage  string                          0+ nullable=0+
    resourceType  int8                            0+
    resourceName  string                          0+
`
