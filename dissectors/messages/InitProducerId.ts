// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
InitProducerIdRequest  request  key=22 versions=0-6 flexible=2+ unstable listeners=broker
  transactionalId       string  0+ nullable=0+ entity=transactionalId
  transactionTimeoutMs  int32   0+
  producerId            int64   3+ default=-1 entity=producerId
  producerEpoch         int16   3+ default=-1
  enable2Pc             bool    6+ default=false
  keepPreparedTxn       bool    6+ default=false

InitProducerIdResponse  response  key=22 versions=0-6 flexible=2+
  throttleTimeMs           int32  0+ ignorable
  errorCode                int16  0+
  producerId               int64  0+ default=-1 entity=producerId
  producerEpoch            int16  0+
  ongoingTxnProducerId     int64  6+ default=-1 entity=producerId
  ongoingTxnProducerEpoch  int16  6+ default=-1
`
