// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
PartitionChangeRecord  data  key=5 versions=0-2 flexible=0+
  partitionId             int32    0+ default=-1
  topicId                 uuid     0+
  isr                     []int32  0+ nullable=0+ tag=0 tagged=0+ default=null entity=brokerId
  leader                  int32    0+ tag=1 tagged=0+ default=-2 entity=brokerId
  replicas                []int32  0+ nullable=0+ tag=2 tagged=0+ default=null entity=brokerId
  removingReplicas        []int32  0+ nullable=0+ tag=3 tagged=0+ default=null entity=brokerId
  addingReplicas          []int32  0+ nullable=0+ tag=4 tagged=0+ default=null entity=brokerId
  leaderRecoveryState     int8     0+ tag=5 tagged=0+ default=-1
  directories             []uuid   1+ nullable=1+ tag=8 tagged=1+ default=null
  eligibleLeaderReplicas  []int32  2+ nullable=2+ tag=6 tagged=2+ default=null entity=brokerId
  lastKnownElr            []int32  2+ nullable=2+ tag=7 tagged=2+ default=null entity=brokerId
`
