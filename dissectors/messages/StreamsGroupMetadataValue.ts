// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
StreamsGroupMetadataValue  data  key=17 versions=0 flexible=0+
  epoch                           int32                   0+
  metadataHash                    int64                   0+
  validatedTopologyEpoch          int32                   0+ tag=0 tagged=0+ default=-1
  lastAssignmentConfigs           []LastAssignmentConfig  0+ nullable=0+ tag=1 tagged=0+
    key                           string                  0+
    value                         string                  0+
  storedDescriptionTopologyEpoch  int32                   0+ tag=2 tagged=0+ default=-1
  failedDescriptionTopologyEpoch  int32                   0+ tag=3 tagged=0+ default=-1
`
