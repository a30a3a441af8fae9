/** What requests about groups need (KafkaApis of Apache Kafka): of all four protocols, and their offsets. */
import { OPERATION, RESOURCE_TYPE } from '../../../dissectors/acls.ts'
import { errorCode } from '../../../dissectors/errors.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import type { Answer } from '../api.ts'
import { type TopicFields, topicsOf } from '../streams/topology.ts'
import { changed, failedTopic, items, numbers, text, texts, type Value } from '../values.ts'
import { mayOnCluster, mayOnGroup, mayOnTopic, mayOnTransaction } from './access.ts'
import {
  type Asking,
  all,
  CLUSTER_FAILED,
  type Each,
  each,
  failure,
  GROUP_FAILED,
  ofKeys,
  type Rule,
  shownEach,
  shownTopics,
  TOPIC_FAILED,
  TRANSACTION_FAILED,
  topicProblem,
  whole,
  withBits,
} from './rule.ts'

const { READ, DELETE, DESCRIBE, CLUSTER_ACTION } = OPERATION

/** Requests of share sessions, which no coordinator answers. */
const ofGroup = (operation: number): Rule =>
  whole((request, asking) => (mayOnGroup(operation, text(request.groupId), asking) ? 0 : GROUP_FAILED))

/** OffsetCommit and its like: by name or id, every partition with the error. */
const readTopics = each({
  field: 'topics',
  answers: 'topics',
  problem: topicProblem(READ),
  refuse: (error, topic) => failedTopic(error, topic),
})

const NOT_COMMITTED = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '' }

/** Null topics stand for all that may be seen. */
const allOrNamed =
  (name: string, refuse: Each['refuse']): Rule =>
  (request, asking, ask) => {
    const named = each({ field: 'topics', answers: 'topics', problem: topicProblem(DESCRIBE, name), refuse })
    return (request.topics === null ? shownTopics(name) : named)(request, asking, ask)
  }

/** Offsets of one group. */
const fetchTopics = allOrNamed('name', (error, topic) => failedTopic(error, topic, NOT_COMMITTED))

/** `topics` within each of `groups`: a rule over one group's, where the handler has answered all of them at once. */
const inGroups =
  (rule: Rule): Rule =>
  (request, asking, ask) => {
    const groups = items(request.groups)
    const narrowed: Value[] = []
    const changes = new Map<string, (answer: Answer) => Answer>()
    for (const group of groups) {
      // The rule is run over an empty answer to learn what it asks and adds.
      let asked: Value = group
      const added = rule(group, asking, (inner) => {
        asked = inner
        return { topics: [] }
      })
      narrowed.push(asked)
      const refused = items((added as { readonly topics?: unknown }).topics) as Answer[]
      changes.set(text(group.groupId), (answer) => {
        if ((answer.errorCode ?? 0) !== 0) return answer
        if (group.topics === null) return rule(group, asking, () => answer) as Answer
        return { ...answer, topics: [...(items(answer.topics) as Answer[]), ...refused] }
      })
    }
    return changed(ask({ ...request, groups: narrowed }), (answer) => ({
      ...answer,
      groups: (items(answer.groups) as Answer[]).map((each) => changes.get(text(each.groupId))?.(each) ?? each),
    }))
  }

const offsetFetch: Rule = (request, asking, ask) =>
  (request.groups === undefined ? fetchTopics : inGroups(fetchTopics))(request, asking, ask)

/** FindCoordinator's types of keys. */
const GROUP = 0
const TRANSACTION = 1
const SHARE = 2
const FIRST_WITH_SHARE = 6

function coordinatorProblem(type: unknown, key: string, asking: Asking): number {
  if (type === GROUP) return mayOnGroup(DESCRIBE, key, asking) ? 0 : GROUP_FAILED
  if (type === TRANSACTION) {
    return mayOnTransaction(DESCRIBE, key, asking) ? 0 : TRANSACTION_FAILED
  }
  const refused = type === SHARE && asking.version >= FIRST_WITH_SHARE && !mayOnCluster(CLUSTER_ACTION, asking)
  return refused ? CLUSTER_FAILED : 0
}

const NOWHERE = { nodeId: -1, host: '', port: -1 }

const findCoordinator: Rule = all(
  whole(
    ({ key, keyType = GROUP }, asking) => (key === undefined ? 0 : coordinatorProblem(keyType, text(key), asking)),
    (error) => ({ ...failure(error), ...NOWHERE }),
  ),
  each({
    field: 'coordinatorKeys',
    answers: 'coordinators',
    problem: (key, asking, { keyType = GROUP }) => coordinatorProblem(keyType, text(key), asking),
    refuse: (error, key) => ({ key: text(key), errorCode: error, errorMessage: '', ...NOWHERE }),
  }),
)

const listGroups: Rule = shownEach('groups', (group, asking) =>
  mayOnCluster(DESCRIBE, asking) || mayOnGroup(DESCRIBE, text(group.groupId), asking) ? group : null,
)

const groupBits: Rule = shownEach('groups', (group, asking) =>
  (group.errorCode ?? 0) === 0
    ? withBits(group, 'authorizedOperations', RESOURCE_TYPE.GROUP, text(group.groupId), asking)
    : group,
)

/** All topics of a subscription must be ones that the client may see. */
const subscription: Rule = whole(({ subscribedTopicNames }, asking) =>
  texts(subscribedTopicNames).every((name) => mayOnTopic(DESCRIBE, name, asking)) ? 0 : TOPIC_FAILED,
)

const topicNames = (assignment: unknown): string[] =>
  items((assignment as Value | undefined)?.topicPartitions).map(({ topicName }) => text(topicName))

/** A group that has to do with a topic that the client may not see is not described. */
const membersShown: Rule = shownEach('groups', (group, asking) => {
  const names = items(group.members).flatMap(({ assignment, targetAssignment }) => [
    ...topicNames(assignment),
    ...topicNames(targetAssignment),
  ])
  if (names.every((name) => mayOnTopic(DESCRIBE, name, asking))) return group
  return {
    groupId: text(group.groupId),
    errorCode: TOPIC_FAILED,
    errorMessage: 'The group has described topic(s) that the client is not authorized to describe.',
  }
})

/** All topics that a topology has to do with. */
const topologyTopics = (value: unknown): string[] =>
  (value as { readonly subtopologies: readonly TopicFields[] } | null | undefined)?.subtopologies.flatMap(topicsOf) ??
  []

const topology: Rule = whole((request, asking) =>
  topologyTopics(request.topology).every((name) => mayOnTopic(DESCRIBE, name, asking)) ? 0 : TOPIC_FAILED,
)

const topologyShown: Rule = shownEach('groups', (group, asking) =>
  topologyTopics(group.topology).every((name) => mayOnTopic(DESCRIBE, name, asking))
    ? group
    : {
        groupId: text(group.groupId),
        errorCode: TOPIC_FAILED,
        errorMessage: 'The described group uses topics that the client is not authorized to describe.',
      },
)

/** Offsets of share groups, in each of `groups`. */
const shareOffsets = allOrNamed('topicName', (error, { topicName, partitions }) => ({
  topicName: text(topicName),
  topicId: ZERO_UUID,
  partitions: numbers(partitions).map((partitionIndex) => ({ partitionIndex, startOffset: -1, ...failure(error) })),
}))

const alterShareOffsets: Rule = each({
  field: 'topics',
  answers: 'responses',
  problem: topicProblem(READ, 'topicName'),
  refuse: (error, { topicName, partitions }, { broker }) => ({
    topicName: text(topicName),
    topicId: broker.topics.get(text(topicName))?.id ?? ZERO_UUID,
    partitions: items(partitions).map(({ partitionIndex }) => ({
      partitionIndex: Number(partitionIndex),
      ...failure(error),
    })),
  }),
})

const deleteShareOffsets: Rule = each({
  field: 'topics',
  answers: 'responses',
  problem: topicProblem(READ, 'topicName'),
  refuse: (error, { topicName }) => ({ topicName: text(topicName), topicId: ZERO_UUID, ...failure(error) }),
})

/** SyncGroup from v5 on names protocols, or is refused for that first. */
const FIRST_WITH_PROTOCOLS = 5
const protocolsNamed: Rule = whole(({ protocolType, protocolName }, { version }) =>
  version >= FIRST_WITH_PROTOCOLS && (protocolType == null || protocolName == null)
    ? errorCode('INCONSISTENT_GROUP_PROTOCOL')
    : 0,
)

export const GROUP_RULES: readonly (readonly [apiKey: number, rule: Rule])[] = [
  [8, all(ofKeys(READ), readTopics)],
  [9, all(ofKeys(DESCRIBE), offsetFetch)],
  [10, findCoordinator],
  [11, ofKeys(READ)],
  [12, ofKeys(READ)],
  [13, ofKeys(READ)],
  [14, all(protocolsNamed, ofKeys(READ))],
  [15, all(ofKeys(DESCRIBE), groupBits)],
  [16, listGroups],
  [42, ofKeys(DELETE)],
  [47, all(ofKeys(DELETE), readTopics)],
  [68, all(ofKeys(READ), subscription)],
  [69, all(ofKeys(DESCRIBE), groupBits, membersShown)],
  [76, all(ofKeys(READ), subscription)],
  [77, all(ofKeys(DESCRIBE), groupBits, membersShown)],
  [78, ofGroup(READ)],
  [79, ofGroup(READ)],
  [88, all(ofKeys(READ), topology)],
  [89, all(ofKeys(DESCRIBE), groupBits, topologyShown)],
  [90, all(ofKeys(DESCRIBE), inGroups(shareOffsets))],
  [91, all(ofKeys(READ), alterShareOffsets)],
  [92, all(ofKeys(DELETE), deleteShareOffsets)],
  [93, ofKeys(READ)],
]
