// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DescribeTransactionsRequest  request  key=65 versions=0 flexible=0+ listeners=broker
  transactionalIds  []string  0+ entity=transactionalId

DescribeTransactionsResponse  response  key=65 versions=0 flexible=0+
  throttleTimeMs            int32               0+
  transactionStates         []TransactionState  0+
    errorCode               int16               0+
    transactionalId         string              0+ entity=transactionalId
    transactionState        string              0+
    transactionTimeoutMs    int32               0+
    transactionStartTimeMs  int64               0+
    producerId              int64               0+ entity=producerId
    producerEpoch           int16               0+
    topics                  []TopicData         0+
      topic                 string              0+ key entity=topicName
      partitions            []int32             0+
`
