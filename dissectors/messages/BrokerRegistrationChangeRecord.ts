// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
BrokerRegistrationChangeRecord  data  key=17 versions=0-3 flexible=0+
  brokerId              int32   0+ entity=brokerId
  brokerEpoch           int64   0+
  fenced                int8    0+ tag=0 tagged=0+
  inControlledShutdown  int8    1+ tag=1 tagged=1+
  logDirs               []uuid  2+ tag=2 tagged=2+
  cordonedLogDirs       []uuid  3+ nullable=3+ tag=3 tagged=3+ default=null
`
