// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
UserScramCredentialRecord  data  key=11 versions=0 flexible=0+
  name        string  0+
  mechanism   int8    0+
  salt        bytes   0+
  storedKey   bytes   0+
  serverKey   bytes   0+
  iterations  int32   0+
`
