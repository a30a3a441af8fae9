// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
StreamsGroupMemberMetadataKey  data  key=19 versions=0 flexible=none
  groupId   string  0
  memberId  string  0
`
