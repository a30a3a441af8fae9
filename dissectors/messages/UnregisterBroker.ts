// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
UnregisterBrokerRequest  request  key=64 versions=0 flexible=0+ listeners=broker,controller
  brokerId  int32  0+ entity=brokerId

UnregisterBrokerResponse  response  key=64 versions=0 flexible=0+
  throttleTimeMs  int32   0+
  errorCode       int16   0+
  errorMessage    string  0+ nullable=0+
`
