// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
BrokerRegistrationRequest  request  key=62 versions=0-4 flexible=0+ listeners=controller
  brokerId               int32       0+ entity=brokerId
  clusterId              string      0+
  incarnationId          uuid        0+
  listeners              []Listener  0+
    name                 string      0+ key
    host                 string      0+
    port                 uint16      0+
    securityProtocol     int16       0+
  features               []Feature   0+
    name                 string      0+ key
    minSupportedVersion  int16       0+
    maxSupportedVersion  int16       0+
  rack                   string      0+ nullable=0+
  isMigratingZkBroker    bool        1+ default=false
  logDirs                []uuid      2+ ignorable
  previousBrokerEpoch    int64       3+ default=-1 ignorable

BrokerRegistrationResponse  response  key=62 versions=0-4 flexible=0+
  throttleTimeMs  int32  0+
  errorCode       int16  0+
  brokerEpoch     int64  0+ default=-1
`
