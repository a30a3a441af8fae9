// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupMemberMetadataValue  data  key=5 versions=0 flexible=0+
  instanceId             string                 0+ nullable=0+
  rackId                 string                 0+ nullable=0+
  clientId               string                 0+
  clientHost             string                 0+
  subscribedTopicNames   []string               0+
  subscribedTopicRegex   string                 0+ nullable=0+
  rebalanceTimeoutMs     int32                  0+ default=-1
  serverAssignor         string                 0+ nullable=0+
  classicMemberMetadata  ClassicMemberMetadata  0+ nullable=0+ tag=0 tagged=0+
    sessionTimeoutMs     int32                  0+
    supportedProtocols   []ClassicProtocol      0+
      name               string                 0+
      metadata           bytes                  0+
`
