// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerProtocolAssignment  data  versions=0-3 flexible=none
  assignedPartitions  []TopicPartition  0+
    topic             string            0+ key entity=topicName
    partitions        []int32           0+
  userData            bytes             0+ nullable=0+ default=null
`
