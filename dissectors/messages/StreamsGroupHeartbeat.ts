// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
StreamsGroupHeartbeatRequest  request  key=88 versions=0-1 flexible=0+ listeners=broker
  groupId                        string              0+ entity=groupId
  memberId                       string              0+
  memberEpoch                    int32               0+
  endpointInformationEpoch       int32               0+
  instanceId                     string              0+ nullable=0+ default=null
  rackId                         string              0+ nullable=0+ default=null
  rebalanceTimeoutMs             int32               0+ default=-1
  topology                       Topology            0+ nullable=0+ default=null
    epoch                        int32               0+
    subtopologies                []Subtopology       0+
      subtopologyId              string              0+
      sourceTopics               []string            0+ entity=topicName
      sourceTopicRegex           []string            0+
      stateChangelogTopics       []TopicInfo         0+
      repartitionSinkTopics      []string            0+ entity=topicName
      repartitionSourceTopics    []TopicInfo         0+
      copartitionGroups          []CopartitionGroup  0+
        sourceTopics             []int16             0+
        sourceTopicRegex         []int16             0+
        repartitionSourceTopics  []int16             0+
  activeTasks                    []TaskIds           0+ nullable=0+ default=null
  standbyTasks                   []TaskIds           0+ nullable=0+ default=null
  warmupTasks                    []TaskIds           0+ nullable=0+ default=null
  processId                      string              0+ nullable=0+ default=null
  userEndpoint                   Endpoint            0+ nullable=0+ default=null
    host                         string              0+
    port                         uint16              0+
  clientTags                     []KeyValue          0+ nullable=0+ default=null
  taskOffsets                    []TaskOffset        0+ nullable=0+ default=null
  taskEndOffsets                 []TaskOffset        0+ nullable=0+ default=null
  shutdownApplication            bool                0+ default=false
  struct TopicInfo
    name                         string              0+ entity=topicName
    partitions                   int32               0+
    replicationFactor            int16               0+
    topicConfigs                 []KeyValue          0+
      key                        string              0+
      value                      string              0+
  struct TaskIds
    subtopologyId                string              0+
    partitions                   []int32             0+
  struct KeyValue
    key                          string              0+
    value                        string              0+
  struct TaskOffset
    subtopologyId                string              0+
    partition                    int32               0+
    offset                       int64               0+

StreamsGroupHeartbeatResponse  response  key=88 versions=0-1 flexible=0+
  throttleTimeMs               int32                   0+
  errorCode                    int16                   0+
  errorMessage                 string                  0+ nullable=0+ default=null
  memberId                     string                  0+
  memberEpoch                  int32                   0+
  heartbeatIntervalMs          int32                   0+
  acceptableRecoveryLagLegacy  int32                   0
  taskOffsetIntervalMs         int32                   0+
  acceptableRecoveryLag        int64                   1+ default=-1 ignorable
  status                       []Status                0+ nullable=0+
    statusCode                 int8                    0+
    statusDetail               string                  0+
  activeTasks                  []TaskIds               0+ nullable=0+ default=null
  standbyTasks                 []TaskIds               0+ nullable=0+ default=null
  warmupTasks                  []TaskIds               0+ nullable=0+ default=null
  topologyDescriptionRequired  bool                    1+ default=false
  endpointInformationEpoch     int32                   0+
  partitionsByUserEndpoint     []EndpointToPartitions  0+ nullable=0+ default=null
    userEndpoint               Endpoint                0+
      host                     string                  0+
      port                     uint16                  0+
    activePartitions           []TopicPartition        0+
    standbyPartitions          []TopicPartition        0+
  struct TaskIds
    subtopologyId              string                  0+
    partitions                 []int32                 0+
  struct TopicPartition
    topic                      string                  0+ entity=topicName
    partitions                 []int32                 0+
`
