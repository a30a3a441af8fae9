// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DescribeGroupsRequest  request  key=15 versions=0-6 flexible=5+ listeners=broker
  groups                       []string  0+ entity=groupId
  includeAuthorizedOperations  bool      3+

DescribeGroupsResponse  response  key=15 versions=0-6 flexible=5+
  throttleTimeMs          int32                   1+ ignorable
  groups                  []DescribedGroup        0+
    errorCode             int16                   0+
    errorMessage          string                  6+ nullable=6+ default=null
    groupId               string                  0+ entity=groupId
    groupState            string                  0+
    protocolType          string                  0+
    protocolData          string                  0+
    members               []DescribedGroupMember  0+
      memberId            string                  0+
      groupInstanceId     string                  4+ nullable=4+ default=null ignorable
      clientId            string                  0+
      clientHost          string                  0+
      memberMetadata      bytes                   0+
      memberAssignment    bytes                   0+
    authorizedOperations  int32                   3+ default=-2147483648
`
