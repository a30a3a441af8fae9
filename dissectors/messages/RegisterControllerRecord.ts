// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
RegisterControllerRecord  data  key=27 versions=0 flexible=0+
  controllerId           int32                 0+
  incarnationId          uuid                  0+
  zkMigrationReady       bool                  0+
  endPoints              []ControllerEndpoint  0+
    name                 string                0+ key
    host                 string                0+
    port                 uint16                0+
    securityProtocol     int16                 0+
  features               []ControllerFeature   0+
    name                 string                0+ key
    minSupportedVersion  int16                 0+
    maxSupportedVersion  int16                 0+
`
