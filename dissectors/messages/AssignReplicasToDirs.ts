// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AssignReplicasToDirsRequest  request  key=73 versions=0 flexible=0+ listeners=controller
  brokerId              int32            0+ entity=brokerId
  brokerEpoch           int64            0+ default=-1
  directories           []DirectoryData  0+
    id                  uuid             0+
    topics              []TopicData      0+
      topicId           uuid             0+
      partitions        []PartitionData  0+
        partitionIndex  int32            0+

AssignReplicasToDirsResponse  response  key=73 versions=0 flexible=0+
  throttleTimeMs        int32            0+
  errorCode             int16            0+
  directories           []DirectoryData  0+
    id                  uuid             0+
    topics              []TopicData      0+
      topicId           uuid             0+
      partitions        []PartitionData  0+
        partitionIndex  int32            0+
        errorCode       int16            0+
`
