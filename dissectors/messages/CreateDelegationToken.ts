// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
CreateDelegationTokenRequest  request  key=38 versions=1-3 flexible=2+ removed=0 listeners=broker,controller
  ownerPrincipalType  string               3+ nullable=3+
  ownerPrincipalName  string               3+ nullable=3+
  renewers            []CreatableRenewers  0+
    principalType     string               0+
    principalName     string               0+
  maxLifetimeMs       int64                0+

CreateDelegationTokenResponse  response  key=38 versions=1-3 flexible=2+ removed=0
  errorCode                    int16   0+
  principalType                string  0+
  principalName                string  0+
  tokenRequesterPrincipalType  string  3+
  tokenRequesterPrincipalName  string  3+
  issueTimestampMs             int64   0+
  expiryTimestampMs            int64   0+
  maxTimestampMs               int64   0+
  tokenId                      string  0+
  hmac                         bytes   0+
  throttleTimeMs               int32   0+
`
