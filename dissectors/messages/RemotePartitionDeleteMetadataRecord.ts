// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
RemotePartitionDeleteMetadataRecord  data  key=2 versions=0 flexible=0+
  topicIdPartition            TopicIdPartitionEntry  0+
    name                      string                 0+
    id                        uuid                   0+
    partition                 int32                  0+
  brokerId                    int32                  0+
  eventTimestampMs            int64                  0+
  remotePartitionDeleteState  int8                   0+
`
