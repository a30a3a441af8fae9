// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
UpdateRaftVoterRequest  request  key=82 versions=0 flexible=0+ listeners=controller
  clusterId              string               0+ nullable=0+
  currentLeaderEpoch     int32                0+
  voterId                int32                0+
  voterDirectoryId       uuid                 0+
  listeners              []Listener           0+
    name                 string               0+ key
    host                 string               0+
    port                 uint16               0+
  kRaftVersionFeature    KRaftVersionFeature  0+
    minSupportedVersion  int16                0+
    maxSupportedVersion  int16                0+

UpdateRaftVoterResponse  response  key=82 versions=0 flexible=0+
  throttleTimeMs  int32          0+
  errorCode       int16          0+
  currentLeader   CurrentLeader  0+ tag=0 tagged=0+
    leaderId      int32          0+ default=-1 entity=brokerId
    leaderEpoch   int32          0+ default=-1
    host          string         0+
    port          int32          0+
`
