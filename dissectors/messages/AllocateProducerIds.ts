// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AllocateProducerIdsRequest  request  key=67 versions=0 flexible=0+ listeners=controller
  brokerId     int32  0+ entity=brokerId
  brokerEpoch  int64  0+ default=-1

AllocateProducerIdsResponse  response  key=67 versions=0 flexible=0+
  throttleTimeMs   int32  0+
  errorCode        int16  0+
  producerIdStart  int64  0+ entity=producerId
  producerIdLen    int32  0+
`
