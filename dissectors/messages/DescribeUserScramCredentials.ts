// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
DescribeUserScramCredentialsRequest  request  key=50 versions=0 flexible=0+ listeners=broker,controller
  users   []UserName  0+ nullable=0+
    name  string      0+

DescribeUserScramCredentialsResponse  response  key=50 versions=0 flexible=0+
  throttleTimeMs     int32                                 0+
  errorCode          int16                                 0+
  errorMessage       string                                0+ nullable=0+
  results            []DescribeUserScramCredentialsResult  0+
    user             string                                0+
    errorCode        int16                                 0+
    errorMessage     string                                0+ nullable=0+
    credentialInfos  []CredentialInfo                      0+
      mechanism      int8                                  0+
      iterations     int32                                 0+
`
