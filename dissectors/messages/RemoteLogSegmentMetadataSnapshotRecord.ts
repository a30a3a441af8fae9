// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
RemoteLogSegmentMetadataSnapshotRecord  data  key=3 versions=0 flexible=0+
  segmentId              uuid                       0+
  startOffset            int64                      0+
  endOffset              int64                      0+
  brokerId               int32                      0+
  maxTimestampMs         int64                      0+
  eventTimestampMs       int64                      0+
  segmentLeaderEpochs    []SegmentLeaderEpochEntry  0+
    leaderEpoch          int32                      0+
    offset               int64                      0+
  segmentSizeInBytes     int32                      0+
  customMetadata         bytes                      0+ nullable=0+ default=null
  remoteLogSegmentState  int8                       0+
  txnIndexEmpty          bool                       0+ tag=0 tagged=0+
`
