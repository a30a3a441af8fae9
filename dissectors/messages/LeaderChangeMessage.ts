// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
LeaderChangeMessage  data  versions=0-1 flexible=0+
  version             int16    0+
  leaderId            int32    0+ entity=brokerId
  voters              []Voter  0+
  grantingVoters      []Voter  0+
  struct Voter
    voterId           int32    0+
    voterDirectoryId  uuid     1+
`
