// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
FenceBrokerRecord  data  key=7 versions=0 flexible=0+
  id     int32  0+ entity=brokerId
  epoch  int64  0+
`
