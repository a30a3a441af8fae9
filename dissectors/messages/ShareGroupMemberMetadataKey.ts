// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareGroupMemberMetadataKey  data  key=10 versions=0 flexible=none removed=10
  groupId   string  0-10
  memberId  string  0-10
`
