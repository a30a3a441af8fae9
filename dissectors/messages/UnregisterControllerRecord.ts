// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
UnregisterControllerRecord  data  key=29 versions=0 flexible=0+
  controllerId  int32  0+
`
