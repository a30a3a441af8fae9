// Written by `kafkascope schema import`; see src/schema/table.ts for how to read it.
export default `
StreamsGroupTopologyValue  data  key=23 versions=0 flexible=0+
  epoch                        int32               0+
  subtopologies                []Subtopology       0+
    subtopologyId              string              0+
    sourceTopics               []string            0+
    sourceTopicRegex           []string            0+
    stateChangelogTopics       []TopicInfo         0+
    repartitionSinkTopics      []string            0+
    repartitionSourceTopics    []TopicInfo         0+
    copartitionGroups          []CopartitionGroup  0+
      sourceTopics             []int16             0+
      sourceTopicRegex         []int16             0+
      repartitionSourceTopics  []int16             0+
  struct TopicInfo
    name                       string              0+
    partitions                 int32               0+
    replicationFactor          int16               0+
    topicConfigs               []TopicConfig       0+
      key                      string              0+
      value                    string              0+
`
