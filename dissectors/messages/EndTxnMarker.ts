// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
EndTxnMarker  data  versions=0 flexible=none
  coordinatorEpoch  int32  0+
`
