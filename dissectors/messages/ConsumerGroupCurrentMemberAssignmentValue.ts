// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupCurrentMemberAssignmentValue  data  key=8 versions=0 flexible=0+
  memberEpoch                  int32              0+
  previousMemberEpoch          int32              0+
  state                        int8               0+
  assignedPartitions           []TopicPartitions  0+
  partitionsPendingRevocation  []TopicPartitions  0+
  struct TopicPartitions
    topicId                    uuid               0+
    partitions                 []int32            0+
    assignmentEpochs           []int32            0+ nullable=0+ tag=0 tagged=0+
`
