// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
EndTransactionRecord  data  key=24 versions=0 flexible=0+
`
