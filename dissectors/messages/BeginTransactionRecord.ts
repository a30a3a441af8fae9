// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
BeginTransactionRecord  data  key=23 versions=0 flexible=0+
  name  string  0+ nullable=0+ tag=0 tagged=0+ default=null
`
