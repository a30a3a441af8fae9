// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ListConfigResourcesRequest  request  key=74 versions=0-1 flexible=0+ listeners=broker
  resourceTypes  []int8  1+

ListConfigResourcesResponse  response  key=74 versions=0-1 flexible=0+
  throttleTimeMs   int32             0+
  errorCode        int16             0+
  configResources  []ConfigResource  0+
    resourceName   string            0+
    resourceType   int8              1+ default=16 ignorable
`
