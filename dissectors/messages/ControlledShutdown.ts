// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
ControlledShutdownRequest  request  key=7 versions=0-3 flexible=3+ listeners=zkBroker,controller
  brokerId     int32  0+ entity=brokerId
  brokerEpoch  int64  2+ default=-1 ignorable

ControlledShutdownResponse  response  key=7 versions=0-3 flexible=3+
  errorCode            int16                 0+
  remainingPartitions  []RemainingPartition  0+
    topicName          string                0+ key entity=topicName
    partitionIndex     int32                 0+ key
`
