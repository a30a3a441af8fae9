// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareGroupStatePartitionMetadataValue  data  key=15 versions=0 flexible=0+
  initializingTopics  []TopicPartitionsInfo  0+
  initializedTopics   []TopicPartitionsInfo  0+
  deletingTopics      []TopicInfo            0+
    topicId           uuid                   0+
    topicName         string                 0+
  struct TopicPartitionsInfo
    topicId           uuid                   0+
    topicName         string                 0+
    partitions        []int32                0+
`
