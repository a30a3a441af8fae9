// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
UnregisterBrokerRecord  data  key=1 versions=0 flexible=0+
  brokerId     int32  0+ entity=brokerId
  brokerEpoch  int64  0+
`
