// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupTargetAssignmentMemberKey  data  key=7 versions=0 flexible=none removed=7
  groupId   string  0-7
  memberId  string  0-7
`
