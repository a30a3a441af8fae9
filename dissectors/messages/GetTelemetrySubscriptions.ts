// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
GetTelemetrySubscriptionsRequest  request  key=71 versions=0 flexible=0+ listeners=broker
  clientInstanceId  uuid  0+

GetTelemetrySubscriptionsResponse  response  key=71 versions=0 flexible=0+
  throttleTimeMs            int32     0+
  errorCode                 int16     0+
  clientInstanceId          uuid      0+
  subscriptionId            int32     0+
  acceptedCompressionTypes  []int8    0+
  pushIntervalMs            int32     0+
  telemetryMaxBytes         int32     0+
  deltaTemporality          bool      0+
  requestedMetrics          []string  0+
`
