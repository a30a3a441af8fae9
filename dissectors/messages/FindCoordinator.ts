// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
FindCoordinatorRequest  request  key=10 versions=0-6 flexible=3+ listeners=broker
  key              string    0-3
  keyType          int8      1+  default=0
  coordinatorKeys  []string  4+

FindCoordinatorResponse  response  key=10 versions=0-6 flexible=3+
  throttleTimeMs  int32          1+  ignorable
  errorCode       int16          0-3
  errorMessage    string         1-3 nullable=1-3 ignorable
  nodeId          int32          0-3 entity=brokerId
  host            string         0-3
  port            int32          0-3
  coordinators    []Coordinator  4+
    key           string         4+
    nodeId        int32          4+  entity=brokerId
    host          string         4+
    port          int32          4+
    errorCode     int16          4+
    errorMessage  string         4+  nullable=4+ ignorable
`
