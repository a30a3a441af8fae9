// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
RemoveRaftVoterRequest  request  key=81 versions=0 flexible=0+ listeners=controller,broker
  clusterId         string  0+ nullable=0+
  voterId           int32   0+
  voterDirectoryId  uuid    0+

RemoveRaftVoterResponse  response  key=81 versions=0 flexible=0+
  throttleTimeMs  int32   0+
  errorCode       int16   0+
  errorMessage    string  0+ nullable=0+ ignorable
`
