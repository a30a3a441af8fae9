// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AlterReplicaLogDirsRequest  request  key=34 versions=1-2 flexible=2+ removed=0 listeners=broker
  dirs            []AlterReplicaLogDir       0+
    path          string                     0+ key
    topics        []AlterReplicaLogDirTopic  0+
      name        string                     0+ key entity=topicName
      partitions  []int32                    0+

AlterReplicaLogDirsResponse  response  key=34 versions=1-2 flexible=2+ removed=0
  throttleTimeMs      int32                                0+
  results             []AlterReplicaLogDirTopicResult      0+
    topicName         string                               0+ entity=topicName
    partitions        []AlterReplicaLogDirPartitionResult  0+
      partitionIndex  int32                                0+
      errorCode       int16                                0+
`
