// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
RegisterBrokerRecord  data  key=0 versions=0-4 flexible=0+
  brokerId               int32             0+ entity=brokerId
  isMigratingZkBroker    bool              2+ default=false
  incarnationId          uuid              0+
  brokerEpoch            int64             0+
  endPoints              []BrokerEndpoint  0+
    name                 string            0+ key
    host                 string            0+
    port                 uint16            0+
    securityProtocol     int16             0+
  features               []BrokerFeature   0+
    name                 string            0+ key
    minSupportedVersion  int16             0+
    maxSupportedVersion  int16             0+
  rack                   string            0+ nullable=0+
  fenced                 bool              0+ default=true
  inControlledShutdown   bool              1+ default=false
  logDirs                []uuid            3+ tag=0 tagged=3+
  cordonedLogDirs        []uuid            4+ nullable=4+ tag=1 tagged=4+ default=null
`
