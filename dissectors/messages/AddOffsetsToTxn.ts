// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AddOffsetsToTxnRequest  request  key=25 versions=0-4 flexible=3+ listeners=broker
  transactionalId  string  0+ entity=transactionalId
  producerId       int64   0+ entity=producerId
  producerEpoch    int16   0+
  groupId          string  0+ entity=groupId

AddOffsetsToTxnResponse  response  key=25 versions=0-4 flexible=3+
  throttleTimeMs  int32  0+
  errorCode       int16  0+
`
