// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
AlterUserScramCredentialsRequest  request  key=51 versions=0 flexible=0+ listeners=broker,controller
  deletions         []ScramCredentialDeletion   0+
    name            string                      0+
    mechanism       int8                        0+
  upsertions        []ScramCredentialUpsertion  0+
    name            string                      0+
    mechanism       int8                        0+
    iterations      int32                       0+
    salt            bytes                       0+
    saltedPassword  bytes                       0+

AlterUserScramCredentialsResponse  response  key=51 versions=0 flexible=0+
  throttleTimeMs  int32                              0+
  results         []AlterUserScramCredentialsResult  0+
    user          string                             0+
    errorCode     int16                              0+
    errorMessage  string                             0+ nullable=0+
`
