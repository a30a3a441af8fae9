// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
RemoveUserScramCredentialRecord  data  key=22 versions=0 flexible=0+
  name       string  0+
  mechanism  int8    0+
`
