// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ProducerSnapshot  data  versions=1 flexible=none
  crc                      uint32           1
  producerEntries          []ProducerEntry  1
    producerId             int64            1
    epoch                  int16            1
    lastSequence           int32            1
    lastOffset             int64            1
    offsetDelta            int32            1
    timestamp              int64            1
    coordinatorEpoch       int32            1
    currentTxnFirstOffset  int64            1
`
