// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ZkMigrationStateRecord  data  key=21 versions=0 flexible=0+
  zkMigrationState  int8  0+
`
