// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ListGroupsRequest  request  key=16 versions=0-5 flexible=3+ listeners=broker
  statesFilter  []string  4+
  typesFilter   []string  5+

ListGroupsResponse  response  key=16 versions=0-5 flexible=3+
  throttleTimeMs  int32          1+ ignorable
  errorCode       int16          0+
  groups          []ListedGroup  0+
    groupId       string         0+ entity=groupId
    protocolType  string         0+
    groupState    string         4+ ignorable
    groupType     string         5+ ignorable
`
