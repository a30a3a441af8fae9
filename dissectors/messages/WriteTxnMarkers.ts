// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
WriteTxnMarkersRequest  request  key=27 versions=1-2 flexible=1+ removed=0 listeners=broker
  markers               []WritableTxnMarker       0+
    producerId          int64                     0+ entity=producerId
    producerEpoch       int16                     0+
    transactionResult   bool                      0+
    topics              []WritableTxnMarkerTopic  0+
      name              string                    0+ entity=topicName
      partitionIndexes  []int32                   0+
    coordinatorEpoch    int32                     0+
    transactionVersion  int8                      2+ default=0 ignorable

WriteTxnMarkersResponse  response  key=27 versions=1-2 flexible=1+ removed=0
  markers               []WritableTxnMarkerResult           0+
    producerId          int64                               0+ entity=producerId
    topics              []WritableTxnMarkerTopicResult      0+
      name              string                              0+ entity=topicName
      partitions        []WritableTxnMarkerPartitionResult  0+
        partitionIndex  int32                               0+
        errorCode       int16                               0+
`
