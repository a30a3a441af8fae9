// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareUpdateKey  data  key=1 versions=0 flexible=none
  groupId    string  0
  topicId    uuid    0
  partition  int32   0
`
