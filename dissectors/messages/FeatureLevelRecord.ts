// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
FeatureLevelRecord  data  key=12 versions=0 flexible=0+
  name          string  0+
  featureLevel  int16   0+
`
