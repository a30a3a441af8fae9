// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DescribeShareGroupOffsetsRequest  request  key=90 versions=0-1 flexible=0+ listeners=broker
  groups          []DescribeShareGroupOffsetsRequestGroup  0+
    groupId       string                                   0+ entity=groupId
    topics        []DescribeShareGroupOffsetsRequestTopic  0+ nullable=0+
      topicName   string                                   0+ entity=topicName
      partitions  []int32                                  0+

DescribeShareGroupOffsetsResponse  response  key=90 versions=0-1 flexible=0+
  throttleTimeMs        int32                                         0+
  groups                []DescribeShareGroupOffsetsResponseGroup      0+
    groupId             string                                        0+ entity=groupId
    topics              []DescribeShareGroupOffsetsResponseTopic      0+
      topicName         string                                        0+ entity=topicName
      topicId           uuid                                          0+
      partitions        []DescribeShareGroupOffsetsResponsePartition  0+
        partitionIndex  int32                                         0+
        startOffset     int64                                         0+
        leaderEpoch     int32                                         0+
        lag             int64                                         1+ default=-1 ignorable
        errorCode       int16                                         0+
        errorMessage    string                                        0+ nullable=0+ default=null
    errorCode           int16                                         0+
    errorMessage        string                                        0+ nullable=0+ default=null
`
