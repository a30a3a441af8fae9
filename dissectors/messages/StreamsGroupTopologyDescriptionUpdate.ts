// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
StreamsGroupTopologyDescriptionUpdateRequest  request  key=93 versions=0 flexible=0+ listeners=broker
  groupId              string                            0+ entity=groupId
  memberId             string                            0+
  topologyEpoch        int32                             0+
  topologyDescription  TopologyDescription               0+
    subtopologies      []TopologyDescriptionSubtopology  0+
      subtopologyId    string                            0+
      nodes            []TopologyDescriptionNode         0+
    globalStores       []TopologyDescriptionGlobalStore  0+
      source           TopologyDescriptionNode           0+
      processor        TopologyDescriptionNode           0+
  struct TopologyDescriptionNode
    name               string                            0+
    nodeType           int8                              0+
    sourceTopics       []string                          0+ entity=topicName
    sinkTopic          string                            0+ nullable=0+ default=null entity=topicName
    stores             []string                          0+
    successors         []string                          0+

StreamsGroupTopologyDescriptionUpdateResponse  response  key=93 versions=0 flexible=0+
  throttleTimeMs  int32   0+
  errorCode       int16   0+
  errorMessage    string  0+ nullable=0+ default=null
`
