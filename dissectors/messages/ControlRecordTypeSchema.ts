// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ControlRecordTypeSchema  data  versions=0 flexible=none
  type  int16  0+
`
