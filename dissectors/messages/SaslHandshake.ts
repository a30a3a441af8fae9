// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
SaslHandshakeRequest  request  key=17 versions=0-1 flexible=none listeners=broker,controller
  mechanism  string  0+

SaslHandshakeResponse  response  key=17 versions=0-1 flexible=none
  errorCode   int16     0+
  mechanisms  []string  0+
`
