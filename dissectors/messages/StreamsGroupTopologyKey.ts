// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
StreamsGroupTopologyKey  data  key=23 versions=0 flexible=none
  groupId  string  0
`
