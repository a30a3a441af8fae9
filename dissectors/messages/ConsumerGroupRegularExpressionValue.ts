// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ConsumerGroupRegularExpressionValue  data  key=16 versions=0 flexible=0+
  topics     []string  0+
  version    int64     0+
  timestamp  int64     0+
`
