// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
InitializeShareGroupStateRequest  request  key=83 versions=0 flexible=0+ listeners=broker
  groupId          string                 0+
  topics           []InitializeStateData  0+
    topicId        uuid                   0+
    partitions     []PartitionData        0+
      partition    int32                  0+
      stateEpoch   int32                  0+
      startOffset  int64                  0+

InitializeShareGroupStateResponse  response  key=83 versions=0 flexible=0+
  results           []InitializeStateResult  0+
    topicId         uuid                     0+
    partitions      []PartitionResult        0+
      partition     int32                    0+
      errorCode     int16                    0+
      errorMessage  string                   0+ nullable=0+ default=null
`
