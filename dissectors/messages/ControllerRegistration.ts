// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ControllerRegistrationRequest  request  key=70 versions=0 flexible=0+ listeners=controller
  controllerId           int32       0+
  incarnationId          uuid        0+
  zkMigrationReady       bool        0+
  listeners              []Listener  0+
    name                 string      0+ key
    host                 string      0+
    port                 uint16      0+
    securityProtocol     int16       0+
  features               []Feature   0+
    name                 string      0+ key
    minSupportedVersion  int16       0+
    maxSupportedVersion  int16       0+

ControllerRegistrationResponse  response  key=70 versions=0 flexible=0+
  throttleTimeMs  int32   0+
  errorCode       int16   0+
  errorMessage    string  0+ nullable=0+
`
