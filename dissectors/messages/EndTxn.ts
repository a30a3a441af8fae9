// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
EndTxnRequest  request  key=26 versions=0-5 flexible=3+ listeners=broker
  transactionalId  string  0+ entity=transactionalId
  producerId       int64   0+ entity=producerId
  producerEpoch    int16   0+
  committed        bool    0+

EndTxnResponse  response  key=26 versions=0-5 flexible=3+
  throttleTimeMs  int32  0+
  errorCode       int16  0+
  producerId      int64  5+ default=-1 ignorable entity=producerId
  producerEpoch   int16  5+ default=-1 ignorable
`
