// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DescribeClusterRequest  request  key=60 versions=0-2 flexible=0+ listeners=broker,controller
  includeClusterAuthorizedOperations  bool  0+
  endpointType                        int8  1+ default=1
  includeFencedBrokers                bool  2+

DescribeClusterResponse  response  key=60 versions=0-2 flexible=0+
  throttleTimeMs               int32                    0+
  errorCode                    int16                    0+
  errorMessage                 string                   0+ nullable=0+ default=null
  endpointType                 int8                     1+ default=1
  clusterId                    string                   0+
  controllerId                 int32                    0+ default=-1 entity=brokerId
  brokers                      []DescribeClusterBroker  0+
    brokerId                   int32                    0+ key entity=brokerId
    host                       string                   0+
    port                       int32                    0+
    rack                       string                   0+ nullable=0+ default=null
    isFenced                   bool                     2+
  clusterAuthorizedOperations  int32                    0+ default=-2147483648
`
