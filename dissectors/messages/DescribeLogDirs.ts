// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DescribeLogDirsRequest  request  key=35 versions=1-5 flexible=2+ removed=0 listeners=broker
  topics        []DescribableLogDirTopic  0+ nullable=0+
    topic       string                    0+ key entity=topicName
    partitions  []int32                   0+

DescribeLogDirsResponse  response  key=35 versions=1-5 flexible=2+ removed=0
  throttleTimeMs        int32                       0+
  errorCode             int16                       3+ ignorable
  results               []DescribeLogDirsResult     0+
    errorCode           int16                       0+
    logDir              string                      0+
    topics              []DescribeLogDirsTopic      0+
      name              string                      0+ entity=topicName
      partitions        []DescribeLogDirsPartition  0+
        partitionIndex  int32                       0+
        partitionSize   int64                       0+
        offsetLag       int64                       0+
        isFutureKey     bool                        0+
    totalBytes          int64                       4+ default=-1 ignorable
    usableBytes         int64                       4+ default=-1 ignorable
    isCordoned          bool                        5+ default=false ignorable
`
