// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
MetadataRequest  request  key=3 versions=0-13 flexible=9+ listeners=broker
  topics                              []MetadataRequestTopic  0+   nullable=1+
    topicId                           uuid                    10+  ignorable
    name                              string                  0+   nullable=10+ entity=topicName
  allowAutoTopicCreation              bool                    4+   default=true
  includeClusterAuthorizedOperations  bool                    8-10
  includeTopicAuthorizedOperations    bool                    8+

MetadataResponse  response  key=3 versions=0-13 flexible=9+
  throttleTimeMs               int32                        3+   ignorable
  brokers                      []MetadataResponseBroker     0+
    nodeId                     int32                        0+   key entity=brokerId
    host                       string                       0+
    port                       int32                        0+
    rack                       string                       1+   nullable=1+ default=null ignorable
  clusterId                    string                       2+   nullable=2+ default=null ignorable
  controllerId                 int32                        1+   default=-1 ignorable entity=brokerId
  topics                       []MetadataResponseTopic      0+
    errorCode                  int16                        0+
    name                       string                       0+   nullable=12+ key entity=topicName
    topicId                    uuid                         10+  ignorable
    isInternal                 bool                         1+   default=false ignorable
    partitions                 []MetadataResponsePartition  0+
      errorCode                int16                        0+
      partitionIndex           int32                        0+
      leaderId                 int32                        0+   entity=brokerId
      leaderEpoch              int32                        7+   default=-1 ignorable
      replicaNodes             []int32                      0+   entity=brokerId
      isrNodes                 []int32                      0+   entity=brokerId
      offlineReplicas          []int32                      5+   ignorable entity=brokerId
    topicAuthorizedOperations  int32                        8+   default=-2147483648
  clusterAuthorizedOperations  int32                        8-10 default=-2147483648
  errorCode                    int16                        13+  ignorable
`
