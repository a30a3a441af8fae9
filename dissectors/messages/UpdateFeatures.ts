// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
UpdateFeaturesRequest  request  key=57 versions=0-2 flexible=0+ listeners=broker,controller
  timeoutMs          int32               0+ default=60000
  featureUpdates     []FeatureUpdateKey  0+
    feature          string              0+ key
    maxVersionLevel  int16               0+
    allowDowngrade   bool                0
    upgradeType      int8                1+ default=1
  validateOnly       bool                1+ default=false

UpdateFeaturesResponse  response  key=57 versions=0-2 flexible=0+
  throttleTimeMs  int32                     0+
  errorCode       int16                     0+
  errorMessage    string                    0+  nullable=0+
  results         []UpdatableFeatureResult  0-1 ignorable
    feature       string                    0+  key
    errorCode     int16                     0+
    errorMessage  string                    0+  nullable=0+
`
