// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
LeaveGroupRequest  request  key=13 versions=0-5 flexible=4+ listeners=broker
  groupId            string            0+  entity=groupId
  memberId           string            0-2
  members            []MemberIdentity  3+
    memberId         string            3+
    groupInstanceId  string            3+  nullable=3+ default=null
    reason           string            5+  nullable=5+ default=null ignorable

LeaveGroupResponse  response  key=13 versions=0-5 flexible=4+
  throttleTimeMs     int32             1+ ignorable
  errorCode          int16             0+
  members            []MemberResponse  3+
    memberId         string            3+
    groupInstanceId  string            3+ nullable=3+
    errorCode        int16             3+
`
