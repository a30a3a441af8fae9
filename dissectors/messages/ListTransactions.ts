// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ListTransactionsRequest  request  key=66 versions=0-2 flexible=0+ listeners=broker
  stateFilters            []string  0+
  producerIdFilters       []int64   0+ entity=producerId
  durationFilter          int64     1+ default=-1
  transactionalIdPattern  string    2+ nullable=2+ default=null

ListTransactionsResponse  response  key=66 versions=0-2 flexible=0+
  throttleTimeMs       int32               0+
  errorCode            int16               0+
  unknownStateFilters  []string            0+
  transactionStates    []TransactionState  0+
    transactionalId    string              0+ entity=transactionalId
    producerId         int64               0+ entity=producerId
    transactionState   string              0+
`
