// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareSnapshotValue  data  key=0 versions=0 flexible=0+
  snapshotEpoch          int32         0+
  stateEpoch             int32         0+
  leaderEpoch            int32         0+
  startOffset            int64         0+
  deliveryCompleteCount  int32         0+ tag=0 tagged=0+ default=-1
  createTimestamp        int64         0+
  writeTimestamp         int64         0+
  stateBatches           []StateBatch  0+
    firstOffset          int64         0+
    lastOffset           int64         0+
    deliveryState        int8          0+
    deliveryCount        int16         0+
`
