// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
CreateAclsRequest  request  key=30 versions=1-3 flexible=2+ removed=0 listeners=broker,controller
  creations              []AclCreation  0+
    resourceType         int8           0+
    resourceName         string         0+
    resourcePatternType  int8           1+ default=3
    principal            string         0+
    host                 string         0+
    operation            int8           0+
    permissionType       int8           0+

CreateAclsResponse  response  key=30 versions=1-3 flexible=2+ removed=0
  throttleTimeMs  int32                0+
  results         []AclCreationResult  0+
    errorCode     int16                0+
    errorMessage  string               0+ nullable=0+
`
