// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
JoinGroupRequest  request  key=11 versions=0-9 flexible=6+ listeners=broker
  groupId             string                      0+ entity=groupId
  sessionTimeoutMs    int32                       0+
  rebalanceTimeoutMs  int32                       1+ default=-1 ignorable
  memberId            string                      0+
  groupInstanceId     string                      5+ nullable=5+ default=null
  protocolType        string                      0+
  protocols           []JoinGroupRequestProtocol  0+
    name              string                      0+ key
    metadata          bytes                       0+
  reason              string                      8+ nullable=8+ default=null ignorable

JoinGroupResponse  response  key=11 versions=0-9 flexible=6+
  throttleTimeMs     int32                      2+ ignorable
  errorCode          int16                      0+
  generationId       int32                      0+ default=-1
  protocolType       string                     7+ nullable=7+ default=null ignorable
  protocolName       string                     0+ nullable=7+
  leader             string                     0+
  skipAssignment     bool                       9+ default=false
  memberId           string                     0+
  members            []JoinGroupResponseMember  0+
    memberId         string                     0+
    groupInstanceId  string                     5+ nullable=5+ default=null ignorable
    metadata         bytes                      0+
`
