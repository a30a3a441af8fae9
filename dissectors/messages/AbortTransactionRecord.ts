// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AbortTransactionRecord  data  key=25 versions=0 flexible=0+
  reason  string  0+ nullable=0+ tag=0 tagged=0+ default=null
`
