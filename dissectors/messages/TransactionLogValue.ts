// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
TransactionLogValue  data  key=0 versions=0-1 flexible=1+
  producerId                        int64               0+
  previousProducerId                int64               1+ tag=0 tagged=1+ default=-1
  nextProducerId                    int64               1+ tag=1 tagged=1+ default=-1
  producerEpoch                     int16               0+
  nextProducerEpoch                 int16               1+ tag=3 tagged=1+ default=-1
  transactionTimeoutMs              int32               0+
  transactionStatus                 int8                0+
  transactionPartitions             []PartitionsSchema  0+ nullable=0+
    topic                           string              0+
    partitionIds                    []int32             0+
  transactionLastUpdateTimestampMs  int64               0+
  transactionStartTimestampMs       int64               0+
  clientTransactionVersion          int16               1+ tag=2 tagged=1+ default=0
`
