// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareGroupCurrentMemberAssignmentValue  data  key=14 versions=0 flexible=0+
  memberEpoch          int32              0+
  previousMemberEpoch  int32              0+
  state                int8               0+
  assignedPartitions   []TopicPartitions  0+
    topicId            uuid               0+
    partitions         []int32            0+
`
