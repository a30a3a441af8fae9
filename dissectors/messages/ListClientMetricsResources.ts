// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ListClientMetricsResourcesRequest  request  key=74 versions=0 flexible=0+ listeners=broker

ListClientMetricsResourcesResponse  response  key=74 versions=0 flexible=0+
  throttleTimeMs          int32                    0+
  errorCode               int16                    0+
  clientMetricsResources  []ClientMetricsResource  0+
    name                  string                   0+
`
