// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
VoteRequest  request  key=52 versions=0-2 flexible=0+ listeners=controller
  clusterId               string           0+ nullable=0+ default=null
  voterId                 int32            1+ default=-1 ignorable entity=brokerId
  topics                  []TopicData      0+
    topicName             string           0+ entity=topicName
    partitions            []PartitionData  0+
      partitionIndex      int32            0+
      replicaEpoch        int32            0+
      replicaId           int32            0+ entity=brokerId
      replicaDirectoryId  uuid             1+ ignorable
      voterDirectoryId    uuid             1+ ignorable
      lastOffsetEpoch     int32            0+
      lastOffset          int64            0+
      preVote             bool             2+

VoteResponse  response  key=52 versions=0-2 flexible=0+
  errorCode           int16            0+
  topics              []TopicData      0+
    topicName         string           0+ entity=topicName
    partitions        []PartitionData  0+
      partitionIndex  int32            0+
      errorCode       int16            0+
      leaderId        int32            0+ entity=brokerId
      leaderEpoch     int32            0+
      voteGranted     bool             0+
  nodeEndpoints       []NodeEndpoint   1+ tag=0 tagged=1+
    nodeId            int32            1+ key entity=brokerId
    host              string           1+
    port              uint16           1+
`
