// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareAcknowledgeRequest  request  key=79 versions=1-2 flexible=0+ removed=0 listeners=broker
  groupId                     string                  0+ nullable=0+ default=null entity=groupId
  memberId                    string                  0+ nullable=0+
  shareSessionEpoch           int32                   0+
  isRenewAck                  bool                    2+ default=false
  topics                      []AcknowledgeTopic      0+
    topicId                   uuid                    0+ key
    partitions                []AcknowledgePartition  0+
      partitionIndex          int32                   0+ key
      acknowledgementBatches  []AcknowledgementBatch  0+
        firstOffset           int64                   0+
        lastOffset            int64                   0+
        acknowledgeTypes      []int8                  0+

ShareAcknowledgeResponse  response  key=79 versions=1-2 flexible=0+ removed=0
  throttleTimeMs            int32                            0+
  errorCode                 int16                            0+
  errorMessage              string                           0+ nullable=0+ default=null
  acquisitionLockTimeoutMs  int32                            2+ ignorable
  responses                 []ShareAcknowledgeTopicResponse  0+
    topicId                 uuid                             0+ key
    partitions              []PartitionData                  0+
      partitionIndex        int32                            0+
      errorCode             int16                            0+
      errorMessage          string                           0+ nullable=0+ default=null
      currentLeader         LeaderIdAndEpoch                 0+
        leaderId            int32                            0+
        leaderEpoch         int32                            0+
  nodeEndpoints             []NodeEndpoint                   0+
    nodeId                  int32                            0+ key entity=brokerId
    host                    string                           0+
    port                    int32                            0+
    rack                    string                           0+ nullable=0+ default=null
`
