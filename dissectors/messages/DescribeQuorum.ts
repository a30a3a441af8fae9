// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DescribeQuorumRequest  request  key=55 versions=0-2 flexible=0+ listeners=broker,controller
  topics              []TopicData      0+
    topicName         string           0+ entity=topicName
    partitions        []PartitionData  0+
      partitionIndex  int32            0+

DescribeQuorumResponse  response  key=55 versions=0-2 flexible=0+
  errorCode                int16            0+
  errorMessage             string           2+ nullable=2+ ignorable
  topics                   []TopicData      0+
    topicName              string           0+ entity=topicName
    partitions             []PartitionData  0+
      partitionIndex       int32            0+
      errorCode            int16            0+
      errorMessage         string           2+ nullable=2+ ignorable
      leaderId             int32            0+ entity=brokerId
      leaderEpoch          int32            0+
      highWatermark        int64            0+
      currentVoters        []ReplicaState   0+
      observers            []ReplicaState   0+
  nodes                    []Node           2+
    nodeId                 int32            2+ key entity=brokerId
    listeners              []Listener       2+
      name                 string           2+ key
      host                 string           2+
      port                 uint16           2+
  struct ReplicaState
    replicaId              int32            0+ entity=brokerId
    replicaDirectoryId     uuid             2+
    logEndOffset           int64            0+
    lastFetchTimestamp     int64            1+ default=-1 ignorable
    lastCaughtUpTimestamp  int64            1+ default=-1 ignorable
`
