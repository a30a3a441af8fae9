// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupCurrentMemberAssignmentKey  data  key=8 versions=0 flexible=none removed=8
  groupId   string  0-8
  memberId  string  0-8
`
