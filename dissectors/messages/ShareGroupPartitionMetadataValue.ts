// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareGroupPartitionMetadataValue  data  versions=0 flexible=0+
  initializedTopics  []TopicPartitionsInfo  0+
    topicId          uuid                   0+
    topicName        string                 0+
    partitions       []int32                0+
  deletingTopics     []TopicInfo            0+
    topicId          uuid                   0+
    topicName        string                 0+
`
