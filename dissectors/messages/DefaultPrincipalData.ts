// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DefaultPrincipalData  data  versions=0 flexible=0+
  type                string  0+
  name                string  0+
  tokenAuthenticated  bool    0+
`
