// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AlterConfigsRequest  request  key=33 versions=0-2 flexible=2+ listeners=broker,controller
  resources       []AlterConfigsResource  0+
    resourceType  int8                    0+ key
    resourceName  string                  0+ key
    configs       []AlterableConfig       0+
      name        string                  0+ key
      value       string                  0+ nullable=0+
  validateOnly    bool                    0+

AlterConfigsResponse  response  key=33 versions=0-2 flexible=2+
  throttleTimeMs  int32                           0+
  responses       []AlterConfigsResourceResponse  0+
    errorCode     int16                           0+
    errorMessage  string                          0+ nullable=0+
    resourceType  int8                            0+
    resourceName  string                          0+
`
