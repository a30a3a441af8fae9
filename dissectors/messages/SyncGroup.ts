// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
SyncGroupRequest  request  key=14 versions=0-5 flexible=4+ listeners=broker
  groupId          string                        0+ entity=groupId
  generationId     int32                         0+
  memberId         string                        0+
  groupInstanceId  string                        3+ nullable=3+ default=null
  protocolType     string                        5+ nullable=5+ default=null ignorable
  protocolName     string                        5+ nullable=5+ default=null ignorable
  assignments      []SyncGroupRequestAssignment  0+
    memberId       string                        0+
    assignment     bytes                         0+

SyncGroupResponse  response  key=14 versions=0-5 flexible=4+
  throttleTimeMs  int32   1+ ignorable
  errorCode       int16   0+
  protocolType    string  5+ nullable=5+ default=null ignorable
  protocolName    string  5+ nullable=5+ default=null ignorable
  assignment      bytes   0+
`
