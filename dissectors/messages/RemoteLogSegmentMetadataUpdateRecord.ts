// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
RemoteLogSegmentMetadataUpdateRecord  data  key=1 versions=0 flexible=0+
  remoteLogSegmentId     RemoteLogSegmentIdEntry  0+
    topicIdPartition     TopicIdPartitionEntry    0+
      name               string                   0+
      id                 uuid                     0+
      partition          int32                    0+
    id                   uuid                     0+
  brokerId               int32                    0+
  eventTimestampMs       int64                    0+
  customMetadata         bytes                    0+ nullable=0+ default=null
  remoteLogSegmentState  int8                     0+
`
