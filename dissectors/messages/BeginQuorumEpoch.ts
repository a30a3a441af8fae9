// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
BeginQuorumEpochRequest  request  key=53 versions=0-1 flexible=1+ listeners=controller
  clusterId             string            0+ nullable=0+ default=null
  voterId               int32             1+ default=-1 ignorable entity=brokerId
  topics                []TopicData       0+
    topicName           string            0+ entity=topicName
    partitions          []PartitionData   0+
      partitionIndex    int32             0+
      voterDirectoryId  uuid              1+ ignorable
      leaderId          int32             0+ entity=brokerId
      leaderEpoch       int32             0+
  leaderEndpoints       []LeaderEndpoint  1+ ignorable
    name                string            1+ key
    host                string            1+
    port                uint16            1+

BeginQuorumEpochResponse  response  key=53 versions=0-1 flexible=1+
  errorCode           int16            0+
  topics              []TopicData      0+
    topicName         string           0+ entity=topicName
    partitions        []PartitionData  0+
      partitionIndex  int32            0+
      errorCode       int16            0+
      leaderId        int32            0+ entity=brokerId
      leaderEpoch     int32            0+
  nodeEndpoints       []NodeEndpoint   1+ tag=0 tagged=1+
    nodeId            int32            1+ key entity=brokerId
    host              string           1+
    port              uint16           1+
`
