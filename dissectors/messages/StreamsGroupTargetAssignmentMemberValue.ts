// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
StreamsGroupTargetAssignmentMemberValue  data  key=21 versions=0 flexible=0+
  activeTasks      []TaskIds  0+
  standbyTasks     []TaskIds  0+
  warmupTasks      []TaskIds  0+
  struct TaskIds
    subtopologyId  string     0+
    partitions     []int32    0+
`
