// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
BrokerHeartbeatRequest  request  key=63 versions=0-2 flexible=0+ listeners=controller
  brokerId               int32   0+ entity=brokerId
  brokerEpoch            int64   0+ default=-1
  currentMetadataOffset  int64   0+
  wantFence              bool    0+
  wantShutDown           bool    0+
  offlineLogDirs         []uuid  1+ tag=0 tagged=1+
  cordonedLogDirs        []uuid  2+ nullable=2+ tag=1 tagged=2+ default=null

BrokerHeartbeatResponse  response  key=63 versions=0-2 flexible=0+
  throttleTimeMs  int32  0+
  errorCode       int16  0+
  isCaughtUp      bool   0+ default=false
  isFenced        bool   0+ default=true
  shouldShutDown  bool   0+
`
