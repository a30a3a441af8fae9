// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
RemoveAccessControlEntryRecord  data  key=19 versions=0 flexible=0+
  id  uuid  0+
`
