// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupMemberMetadataKey  data  key=5 versions=0 flexible=none removed=5
  groupId   string  0-5
  memberId  string  0-5
`
