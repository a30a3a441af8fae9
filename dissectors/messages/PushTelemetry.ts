// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
PushTelemetryRequest  request  key=72 versions=0 flexible=0+ listeners=broker
  clientInstanceId  uuid   0+
  subscriptionId    int32  0+
  terminating       bool   0+
  compressionType   int8   0+
  metrics           bytes  0+

PushTelemetryResponse  response  key=72 versions=0 flexible=0+
  throttleTimeMs  int32  0+
  errorCode       int16  0+
`
