// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DeleteAclsRequest  request  key=31 versions=1-3 flexible=2+ removed=0 listeners=broker,controller
  filters               []DeleteAclsFilter  0+
    resourceTypeFilter  int8                0+
    resourceNameFilter  string              0+ nullable=0+
    patternTypeFilter   int8                1+ default=3
    principalFilter     string              0+ nullable=0+
    hostFilter          string              0+ nullable=0+
    operation           int8                0+
    permissionType      int8                0+

DeleteAclsResponse  response  key=31 versions=1-3 flexible=2+ removed=0
  throttleTimeMs      int32                     0+
  filterResults       []DeleteAclsFilterResult  0+
    errorCode         int16                     0+
    errorMessage      string                    0+ nullable=0+
    matchingAcls      []DeleteAclsMatchingAcl   0+
      errorCode       int16                     0+
      errorMessage    string                    0+ nullable=0+
      resourceType    int8                      0+
      resourceName    string                    0+
      patternType     int8                      1+ default=3
      principal       string                    0+
      host            string                    0+
      operation       int8                      0+
      permissionType  int8                      0+
`
