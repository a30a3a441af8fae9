// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareFetchRequest  request  key=78 versions=1-2 flexible=0+ removed=0 listeners=broker
  groupId                     string                  0+ nullable=0+ default=null entity=groupId
  memberId                    string                  0+ nullable=0+
  shareSessionEpoch           int32                   0+
  maxWaitMs                   int32                   0+
  minBytes                    int32                   0+
  maxBytes                    int32                   0+ default=0x7fffffff
  maxRecords                  int32                   1+
  batchSize                   int32                   1+
  shareAcquireMode            int8                    2+ default=0 ignorable
  isRenewAck                  bool                    2+ default=false
  topics                      []FetchTopic            0+
    topicId                   uuid                    0+ key
    partitions                []FetchPartition        0+
      partitionIndex          int32                   0+ key
      partitionMaxBytes       int32                   0
      acknowledgementBatches  []AcknowledgementBatch  0+
        firstOffset           int64                   0+
        lastOffset            int64                   0+
        acknowledgeTypes      []int8                  0+
  forgottenTopicsData         []ForgottenTopic        0+
    topicId                   uuid                    0+
    partitions                []int32                 0+

ShareFetchResponse  response  key=78 versions=1-2 flexible=0+ removed=0
  throttleTimeMs               int32                          0+
  errorCode                    int16                          0+
  errorMessage                 string                         0+ nullable=0+ default=null
  acquisitionLockTimeoutMs     int32                          1+
  responses                    []ShareFetchableTopicResponse  0+
    topicId                    uuid                           0+ key
    partitions                 []PartitionData                0+
      partitionIndex           int32                          0+
      errorCode                int16                          0+
      errorMessage             string                         0+ nullable=0+ default=null
      acknowledgeErrorCode     int16                          0+
      acknowledgeErrorMessage  string                         0+ nullable=0+ default=null
      currentLeader            LeaderIdAndEpoch               0+
        leaderId               int32                          0+
        leaderEpoch            int32                          0+
      records                  records                        0+ nullable=0
      acquiredRecords          []AcquiredRecords              0+
        firstOffset            int64                          0+
        lastOffset             int64                          0+
        deliveryCount          int16                          0+
  nodeEndpoints                []NodeEndpoint                 0+
    nodeId                     int32                          0+ key entity=brokerId
    host                       string                         0+
    port                       int32                          0+
    rack                       string                         0+ nullable=0+ default=null
`
