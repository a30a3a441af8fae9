// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
NoOpRecord  data  key=20 versions=0 flexible=0+
`
