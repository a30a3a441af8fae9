// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
TransactionLogKey  data  key=0 versions=0 flexible=none
  transactionalId  string  0
`
