// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DeleteGroupsRequest  request  key=42 versions=0-3 flexible=2+ listeners=broker
  groupsNames  []string  0+ entity=groupId

DeleteGroupsResponse  response  key=42 versions=0-3 flexible=2+
  throttleTimeMs  int32                   0+
  results         []DeletableGroupResult  0+
    groupId       string                  0+ key entity=groupId
    errorCode     int16                   0+
    errorMessage  string                  3+ nullable=3+ default=null ignorable
`
