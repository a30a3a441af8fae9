// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
VotersRecord  data  versions=0 flexible=0+
  version                  int16                0+
  voters                   []Voter              0+
    voterId                int32                0+ entity=brokerId
    voterDirectoryId       uuid                 0+
    endpoints              []Endpoint           0+
      name                 string               0+ key
      host                 string               0+
      port                 uint16               0+
    kRaftVersionFeature    KRaftVersionFeature  0+
      minSupportedVersion  int16                0+
      maxSupportedVersion  int16                0+
`
