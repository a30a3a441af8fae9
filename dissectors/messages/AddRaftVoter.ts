// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AddRaftVoterRequest  request  key=80 versions=0-1 flexible=0+ listeners=controller,broker
  clusterId         string      0+ nullable=0+
  timeoutMs         int32       0+
  voterId           int32       0+
  voterDirectoryId  uuid        0+
  listeners         []Listener  0+
    name            string      0+ key
    host            string      0+
    port            uint16      0+
  ackWhenCommitted  bool        1+ default=true

AddRaftVoterResponse  response  key=80 versions=0-1 flexible=0+
  throttleTimeMs  int32   0+
  errorCode       int16   0+
  errorMessage    string  0+ nullable=0+ ignorable
`
