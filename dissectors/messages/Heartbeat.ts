// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
HeartbeatRequest  request  key=12 versions=0-4 flexible=4+ listeners=broker
  groupId          string  0+ entity=groupId
  generationId     int32   0+
  memberId         string  0+
  groupInstanceId  string  3+ nullable=3+ default=null

HeartbeatResponse  response  key=12 versions=0-4 flexible=4+
  throttleTimeMs  int32  1+ ignorable
  errorCode       int16  0+
`
