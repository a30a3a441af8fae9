// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
EnvelopeRequest  request  key=58 versions=0 flexible=0+ listeners=controller
  requestData        bytes  0+
  requestPrincipal   bytes  0+ nullable=0+
  clientHostAddress  bytes  0+

EnvelopeResponse  response  key=58 versions=0 flexible=0+
  responseData  bytes  0+ nullable=0+ default=null
  errorCode     int16  0+
`
