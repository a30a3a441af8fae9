// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ProducerIdsRecord  data  key=15 versions=0 flexible=0+
  brokerId        int32  0+ entity=brokerId
  brokerEpoch     int64  0+ default=-1
  nextProducerId  int64  0+
`
