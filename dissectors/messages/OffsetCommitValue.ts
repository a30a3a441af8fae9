// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
OffsetCommitValue  data  key=1 versions=0-4 flexible=4+
  offset           int64   0+
  leaderEpoch      int32   3+ default=-1 ignorable
  metadata         string  0+
  commitTimestamp  int64   0+
  expireTimestamp  int64   1  default=-1 ignorable
  topicId          uuid    4+ tag=0 tagged=4+ ignorable
`
