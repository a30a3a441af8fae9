/** StreamsGroupDescribe (KIP-1071): epochs, the topology, and of each member what it has and what it shall have. */
import type { Answer, Handler } from '../api.ts'
import { GROUP_OPERATIONS, NOT_ASKED } from '../operations.ts'
import type { StreamsGroup } from '../streams/group.ts'
import type { TopicInfo } from '../streams/topology.ts'
import { missingGroup } from './consumer-group-describe.ts'
import { tasksOf } from './streams-group-heartbeat.ts'

interface Request {
  readonly groupIds: readonly string[]
  readonly includeAuthorizedOperations: boolean
}

export const streamsGroupDescribe: Handler<Request> = {
  apiKey: 89,
  versions: [0, 1],
  handle: ({ groupIds, includeAuthorizedOperations }, { broker }) => ({
    groups: [...new Set(groupIds)].map((groupId) => {
      const group = broker.coordinator.streams.get(groupId)
      if (!group) return missingGroup(groupId, 'streams', broker)
      const authorizedOperations = includeAuthorizedOperations ? GROUP_OPERATIONS : NOT_ASKED
      const assignorName = broker.settings.ofGroup(groupId, 'streams.assignor.name')
      return { ...describe(group), authorizedOperations, topologyDescription: null, assignorName }
    }),
  }),
}

function describe(group: StreamsGroup): Answer {
  const none = new Set<string>()
  return {
    groupId: group.id,
    groupState: group.state,
    groupEpoch: group.epoch,
    assignmentEpoch: group.assignmentEpoch,
    topology: topologyOf(group),
    members: [...group.members.values()].map(({ progress, ...member }) => ({
      memberId: member.id,
      memberEpoch: progress.epoch,
      instanceId: member.instanceId,
      rackId: member.rackId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      topologyEpoch: member.topologyEpoch,
      processId: member.processId,
      userEndpoint: member.userEndpoint && { ...member.userEndpoint },
      clientTags: member.clientTags.map((tag) => ({ ...tag })),
      taskOffsets: member.taskOffsets.map((offset) => ({ ...offset })),
      taskEndOffsets: member.taskEndOffsets.map((offset) => ({ ...offset })),
      // What it has yet to give up is its own still.
      assignment: tasksOf(new Set([...progress.assigned, ...progress.revoking])),
      targetAssignment: tasksOf(group.target.get(member.id) ?? none),
      isClassic: false,
    })),
  }
}

/** Internal topics with the sizes that they have or get, where that is known. */
function topologyOf({ topology, configured }: StreamsGroup): Answer | null {
  if (!topology) return null
  const sized = (info: TopicInfo): Answer => ({
    name: info.name,
    partitions: configured.counts.get(info.name) ?? info.partitions,
    replicationFactor: info.replicationFactor,
    topicConfigs: info.topicConfigs.map((each) => ({ ...each })),
  })
  return {
    epoch: topology.epoch,
    subtopologies: topology.subtopologies.map((each) => ({
      subtopologyId: each.subtopologyId,
      sourceTopics: [...each.sourceTopics],
      repartitionSinkTopics: [...each.repartitionSinkTopics],
      stateChangelogTopics: each.stateChangelogTopics.map(sized),
      repartitionSourceTopics: each.repartitionSourceTopics.map(sized),
    })),
  }
}
