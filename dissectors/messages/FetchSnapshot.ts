// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
FetchSnapshotRequest  request  key=59 versions=0-1 flexible=0+ listeners=controller
  clusterId               string               0+ nullable=0+ tag=0 tagged=0+ default=null
  replicaId               int32                0+ default=-1 entity=brokerId
  maxBytes                int32                0+ default=0x7fffffff
  topics                  []TopicSnapshot      0+
    name                  string               0+ entity=topicName
    partitions            []PartitionSnapshot  0+
      partition           int32                0+
      currentLeaderEpoch  int32                0+
      snapshotId          SnapshotId           0+
        endOffset         int64                0+
        epoch             int32                0+
      position            int64                0+
      replicaDirectoryId  uuid                 1+ tag=0 tagged=1+ ignorable

FetchSnapshotResponse  response  key=59 versions=0-1 flexible=0+
  throttleTimeMs        int32                0+ ignorable
  errorCode             int16                0+
  topics                []TopicSnapshot      0+
    name                string               0+ entity=topicName
    partitions          []PartitionSnapshot  0+
      index             int32                0+
      errorCode         int16                0+
      snapshotId        SnapshotId           0+
        endOffset       int64                0+
        epoch           int32                0+
      currentLeader     LeaderIdAndEpoch     0+ tag=0 tagged=0+
        leaderId        int32                0+ entity=brokerId
        leaderEpoch     int32                0+
      size              int64                0+
      position          int64                0+
      unalignedRecords  records              0+
  nodeEndpoints         []NodeEndpoint       1+ tag=0 tagged=1+
    nodeId              int32                1+ key entity=brokerId
    host                string               1+
    port                uint16               1+
`
