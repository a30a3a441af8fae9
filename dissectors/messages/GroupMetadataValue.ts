// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
GroupMetadataValue  data  key=2 versions=0-4 flexible=4+
  protocolType           string            0+
  generation             int32             0+
  protocol               string            0+ nullable=0+
  leader                 string            0+ nullable=0+
  currentStateTimestamp  int64             2+ default=-1 ignorable
  members                []MemberMetadata  0+
    memberId             string            0+
    groupInstanceId      string            3+ nullable=3+ default=null ignorable
    clientId             string            0+
    clientHost           string            0+
    rebalanceTimeout     int32             1+ default=-1 ignorable
    sessionTimeout       int32             0+
    subscription         bytes             0+
    assignment           bytes             0+
`
