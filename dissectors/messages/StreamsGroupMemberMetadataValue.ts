// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
StreamsGroupMemberMetadataValue  data  key=19 versions=0 flexible=0+
  instanceId          string      0+ nullable=0+
  rackId              string      0+ nullable=0+
  clientId            string      0+
  clientHost          string      0+
  rebalanceTimeoutMs  int32       0+ default=-1
  topologyEpoch       int32       0+
  processId           string      0+
  userEndpoint        Endpoint    0+ nullable=0+ default=null
    host              string      0+
    port              uint16      0+
  clientTags          []KeyValue  0+
    key               string      0+
    value             string      0+
`
