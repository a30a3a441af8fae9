// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
SaslAuthenticateRequest  request  key=36 versions=0-2 flexible=2+ listeners=broker,controller
  authBytes  bytes  0+

SaslAuthenticateResponse  response  key=36 versions=0-2 flexible=2+
  errorCode          int16   0+
  errorMessage       string  0+ nullable=0+
  authBytes          bytes   0+
  sessionLifetimeMs  int64   1+ default=0 ignorable
`
