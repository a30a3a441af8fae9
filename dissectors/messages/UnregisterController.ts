// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
UnregisterControllerRequest  request  key=94 versions=0 flexible=0+ listeners=broker,controller
  controllerId  int32  0+

UnregisterControllerResponse  response  key=94 versions=0 flexible=0+
  throttleTimeMs  int32   0+
  errorCode       int16   0+
  errorMessage    string  0+ nullable=0+
`
