// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupPartitionMetadataValue  data  key=4 versions=0 flexible=0+
  topics               []TopicMetadata      0+
    topicId            uuid                 0+
    topicName          string               0+
    numPartitions      int32                0+
    partitionMetadata  []PartitionMetadata  0+
      partition        int32                0+
      racks            []string             0+
`
