// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
QuorumStateData  data  versions=0-1 flexible=0+
  clusterId         string   0
  leaderId          int32    0+ default=-1
  leaderEpoch       int32    0+ default=-1
  votedId           int32    0+ default=-1
  votedDirectoryId  uuid     1+
  appliedOffset     int64    0
  currentVoters     []Voter  0  nullable=0
    voterId         int32    0
`
