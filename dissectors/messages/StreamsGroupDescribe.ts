// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
StreamsGroupDescribeRequest  request  key=89 versions=0-1 flexible=0+ listeners=broker
  groupIds                     []string  0+ entity=groupId
  includeAuthorizedOperations  bool      0+
  includeTopologyDescription   bool      1+ default=false

StreamsGroupDescribeResponse  response  key=89 versions=0-1 flexible=0+
  throttleTimeMs                 int32                             0+
  groups                         []DescribedGroup                  0+
    errorCode                    int16                             0+
    errorMessage                 string                            0+ nullable=0+ default=null
    groupId                      string                            0+ entity=groupId
    groupState                   string                            0+
    groupEpoch                   int32                             0+
    assignmentEpoch              int32                             0+
    topology                     Topology                          0+ nullable=0+ default=null
      epoch                      int32                             0+
      subtopologies              []Subtopology                     0+ nullable=0+ default=null
        subtopologyId            string                            0+
        sourceTopics             []string                          0+ entity=topicName
        repartitionSinkTopics    []string                          0+ entity=topicName
        stateChangelogTopics     []TopicInfo                       0+
        repartitionSourceTopics  []TopicInfo                       0+
    members                      []Member                          0+
      memberId                   string                            0+
      memberEpoch                int32                             0+
      instanceId                 string                            0+ nullable=0+ default=null
      rackId                     string                            0+ nullable=0+ default=null
      clientId                   string                            0+
      clientHost                 string                            0+
      topologyEpoch              int32                             0+
      processId                  string                            0+
      userEndpoint               Endpoint                          0+ nullable=0+ default=null
        host                     string                            0+
        port                     uint16                            0+
      clientTags                 []KeyValue                        0+
      taskOffsets                []TaskOffset                      0+
      taskEndOffsets             []TaskOffset                      0+
      assignment                 Assignment                        0+
      targetAssignment           Assignment                        0+
      isClassic                  bool                              0+
    authorizedOperations         int32                             0+ default=-2147483648
    topologyDescription          TopologyDescription               1+ nullable=1+ default=null
      subtopologies              []TopologyDescriptionSubtopology  1+
        subtopologyId            string                            1+
        nodes                    []TopologyDescriptionNode         1+
      globalStores               []TopologyDescriptionGlobalStore  1+
        source                   TopologyDescriptionNode           1+
        processor                TopologyDescriptionNode           1+
    topologyDescriptionStatus    int8                              1+ default=0
    assignorName                 string                            1+ nullable=1+ default=null ignorable
  struct TopicInfo
    name                         string                            0+ entity=topicName
    partitions                   int32                             0+
    replicationFactor            int16                             0+
    topicConfigs                 []KeyValue                        0+
      key                        string                            0+
      value                      string                            0+
  struct KeyValue
    key                          string                            0+
    value                        string                            0+
  struct TaskOffset
    subtopologyId                string                            0+
    partition                    int32                             0+
    offset                       int64                             0+
  struct Assignment
    activeTasks                  []TaskIds                         0+
      subtopologyId              string                            0+
      partitions                 []int32                           0+
    standbyTasks                 []TaskIds                         0+
      subtopologyId              string                            0+
      partitions                 []int32                           0+
    warmupTasks                  []TaskIds                         0+
      subtopologyId              string                            0+
      partitions                 []int32                           0+
  struct TopologyDescriptionNode
    name                         string                            1+
    nodeType                     int8                              1+
    sourceTopics                 []string                          1+ entity=topicName
    sinkTopic                    string                            1+ nullable=1+ default=null entity=topicName
    stores                       []string                          1+
    successors                   []string                          1+
`
