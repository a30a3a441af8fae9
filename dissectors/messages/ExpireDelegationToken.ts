// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ExpireDelegationTokenRequest  request  key=40 versions=1-2 flexible=2+ removed=0 listeners=broker,controller
  hmac                bytes  0+
  expiryTimePeriodMs  int64  0+

ExpireDelegationTokenResponse  response  key=40 versions=1-2 flexible=2+ removed=0
  errorCode          int16  0+
  expiryTimestampMs  int64  0+
  throttleTimeMs     int32  0+
`
