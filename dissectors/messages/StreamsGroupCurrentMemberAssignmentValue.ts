// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
StreamsGroupCurrentMemberAssignmentValue  data  key=22 versions=0 flexible=0+
  memberEpoch                    int32      0+
  previousMemberEpoch            int32      0+
  state                          int8       0+
  activeTasks                    []TaskIds  0+
  standbyTasks                   []TaskIds  0+
  warmupTasks                    []TaskIds  0+
  activeTasksPendingRevocation   []TaskIds  0+
  standbyTasksPendingRevocation  []TaskIds  0+
  warmupTasksPendingRevocation   []TaskIds  0+
  struct TaskIds
    subtopologyId                string     0+
    partitions                   []int32    0+
    assignmentEpochs             []int32    0+ nullable=0+ tag=0 tagged=0+
`
