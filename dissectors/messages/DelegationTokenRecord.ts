// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DelegationTokenRecord  data  key=10 versions=0 flexible=0+
  owner                string    0+
  requester            string    0+
  renewers             []string  0+
  issueTimestamp       int64     0+
  maxTimestamp         int64     0+
  expirationTimestamp  int64     0+
  tokenId              string    0+
`
