// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
WriteShareGroupStateRequest  request  key=85 versions=0-1 flexible=0+ listeners=broker
  groupId                    string            0+
  topics                     []WriteStateData  0+
    topicId                  uuid              0+
    partitions               []PartitionData   0+
      partition              int32             0+
      stateEpoch             int32             0+
      leaderEpoch            int32             0+
      startOffset            int64             0+
      deliveryCompleteCount  int32             1+ default=-1 ignorable
      stateBatches           []StateBatch      0+
        firstOffset          int64             0+
        lastOffset           int64             0+
        deliveryState        int8              0+
        deliveryCount        int16             0+

WriteShareGroupStateResponse  response  key=85 versions=0-1 flexible=0+
  results           []WriteStateResult  0+
    topicId         uuid                0+
    partitions      []PartitionResult   0+
      partition     int32               0+
      errorCode     int16               0+
      errorMessage  string              0+ nullable=0+ default=null
`
