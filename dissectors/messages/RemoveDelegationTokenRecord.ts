// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
RemoveDelegationTokenRecord  data  key=26 versions=0 flexible=0+
  tokenId  string  0+
`
