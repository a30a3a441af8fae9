// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupRegularExpressionKey  data  key=16 versions=0 flexible=none
  groupId            string  0
  regularExpression  string  0
`
