// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DescribeDelegationTokenRequest  request  key=41 versions=1-3 flexible=2+ removed=0 listeners=broker,controller
  owners           []DescribeDelegationTokenOwner  0+ nullable=0+
    principalType  string                          0+
    principalName  string                          0+

DescribeDelegationTokenResponse  response  key=41 versions=1-3 flexible=2+ removed=0
  errorCode                      int16                              0+
  tokens                         []DescribedDelegationToken         0+
    principalType                string                             0+
    principalName                string                             0+
    tokenRequesterPrincipalType  string                             3+
    tokenRequesterPrincipalName  string                             3+
    issueTimestamp               int64                              0+
    expiryTimestamp              int64                              0+
    maxTimestamp                 int64                              0+
    tokenId                      string                             0+
    hmac                         bytes                              0+
    renewers                     []DescribedDelegationTokenRenewer  0+
      principalType              string                             0+
      principalName              string                             0+
  throttleTimeMs                 int32                              0+
`
