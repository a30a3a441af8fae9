// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerProtocolSubscription  data  versions=0-3 flexible=none
  topics           []string          0+
  userData         bytes             0+ nullable=0+ default=null
  ownedPartitions  []TopicPartition  1+ ignorable
    topic          string            1+ key entity=topicName
    partitions     []int32           1+
  generationId     int32             2+ default=-1 ignorable
  rackId           string            3+ nullable=3+ default=null ignorable
`
