// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DeleteShareGroupStateRequest  request  key=86 versions=0 flexible=0+ listeners=broker
  groupId        string             0+
  topics         []DeleteStateData  0+
    topicId      uuid               0+
    partitions   []PartitionData    0+
      partition  int32              0+

DeleteShareGroupStateResponse  response  key=86 versions=0 flexible=0+
  results           []DeleteStateResult  0+
    topicId         uuid                 0+
    partitions      []PartitionResult    0+
      partition     int32                0+
      errorCode     int16                0+
      errorMessage  string               0+ nullable=0+ default=null
`
