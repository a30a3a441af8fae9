// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
PartitionRecord  data  key=3 versions=0-2 flexible=0+
  partitionId             int32    0+ default=-1
  topicId                 uuid     0+
  replicas                []int32  0+ entity=brokerId
  isr                     []int32  0+
  removingReplicas        []int32  0+ entity=brokerId
  addingReplicas          []int32  0+ entity=brokerId
  leader                  int32    0+ default=-1 entity=brokerId
  leaderRecoveryState     int8     0+ tag=0 tagged=0+ default=0
  leaderEpoch             int32    0+ default=-1
  partitionEpoch          int32    0+ default=-1
  directories             []uuid   1+
  eligibleLeaderReplicas  []int32  2+ nullable=2+ tag=1 tagged=2+ default=null entity=brokerId
  lastKnownElr            []int32  2+ nullable=2+ tag=2 tagged=2+ default=null entity=brokerId
`
