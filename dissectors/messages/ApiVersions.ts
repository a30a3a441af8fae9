// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ApiVersionsRequest  request  key=18 versions=0-5 flexible=3+ listeners=broker,controller
  clientSoftwareName     string  3+ ignorable
  clientSoftwareVersion  string  3+ ignorable
  clusterId              string  5+ nullable=5+ default=null ignorable
  nodeId                 int32   5+ default=-1 ignorable

ApiVersionsResponse  response  key=18 versions=0-5 flexible=3+
  errorCode               int16                  0+
  apiKeys                 []ApiVersion           0+
    apiKey                int16                  0+ key
    minVersion            int16                  0+
    maxVersion            int16                  0+
  throttleTimeMs          int32                  1+ ignorable
  supportedFeatures       []SupportedFeatureKey  3+ tag=0 tagged=3+ ignorable
    name                  string                 3+ key
    minVersion            int16                  3+
    maxVersion            int16                  3+
  finalizedFeaturesEpoch  int64                  3+ tag=1 tagged=3+ default=-1 ignorable
  finalizedFeatures       []FinalizedFeatureKey  3+ tag=2 tagged=3+ ignorable
    name                  string                 3+ key
    maxVersionLevel       int16                  3+
    minVersionLevel       int16                  3+
  zkMigrationReady        bool                   3+ tag=3 tagged=3+ default=false ignorable
`
