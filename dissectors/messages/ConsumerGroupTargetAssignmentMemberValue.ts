// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupTargetAssignmentMemberValue  data  key=7 versions=0 flexible=0+
  topicPartitions  []TopicPartition  0+
    topicId        uuid              0+
    partitions     []int32           0+
`
