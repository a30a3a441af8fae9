// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
RenewDelegationTokenRequest  request  key=39 versions=1-2 flexible=2+ removed=0 listeners=broker,controller
  hmac           bytes  0+
  renewPeriodMs  int64  0+

RenewDelegationTokenResponse  response  key=39 versions=1-2 flexible=2+ removed=0
  errorCode          int16  0+
  expiryTimestampMs  int64  0+
  throttleTimeMs     int32  0+
`
