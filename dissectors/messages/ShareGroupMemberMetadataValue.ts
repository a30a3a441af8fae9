// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ShareGroupMemberMetadataValue  data  key=10 versions=0 flexible=0+
  rackId                string    0+ nullable=0+
  clientId              string    0+
  clientHost            string    0+
  subscribedTopicNames  []string  0+
`
