/** What requests about groups need (KafkaApis of Apache Kafka): of all three protocols, and their offsets. */
import { OPERATION, RESOURCE_TYPE } from '../../../dissectors/acls.ts'
import { errorCode } from '../../../dissectors/errors.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import type { Answer } from '../api.ts'
import { guardKeys } from '../coordinated.ts'
import {
  type Asking,
  all,
  CLUSTER_FAILED,
  changed,
  each,
  failure,
  GROUP_FAILED,
  items,
  mayOnCluster,
  mayOnTopic,
  type Rule,
  shownEach,
  TOPIC_FAILED,
  TRANSACTION_FAILED,
  text,
  texts,
  topicProblem,
  type Value,
  whole,
  withBits,
} from './rule.ts'

const { READ, DELETE, DESCRIBE, CLUSTER_ACTION } = OPERATION

const mayOnGroup = (operation: number, name: string, { access }: Asking): boolean =>
  access.may(operation, RESOURCE_TYPE.GROUP, name)

/** Of all groups that a request names: refused as a node refuses those that it does not coordinate. */
export const ofGroups =
  (apiKey: number, operation: number): Rule =>
  (request, asking, ask) =>
    guardKeys(
      apiKey,
      asking.version,
      request,
      (_kind, key) => (mayOnGroup(operation, key, asking) ? 0 : GROUP_FAILED),
      (body) => ask(body as Value),
    )

/** Requests of share sessions, which no coordinator answers. */
const ofGroup = (operation: number): Rule =>
  whole((request, asking) => (mayOnGroup(operation, text(request.groupId), asking) ? 0 : GROUP_FAILED))

/** OffsetCommit and its like: by name or id, every partition with the error. */
const readTopics = each({
  field: 'topics',
  answers: 'topics',
  problem: topicProblem(READ),
  refuse: (error, { name, topicId, partitions }) => ({
    ...(name !== undefined && { name: text(name) }),
    ...(topicId !== undefined && { topicId: text(topicId) }),
    partitions: items(partitions).map(({ partitionIndex }) => ({
      partitionIndex: Number(partitionIndex),
      errorCode: error,
    })),
  }),
})

/** Offsets of one group: null topics stand for all that may be seen. */
const fetchTopics: Rule = (request, asking, ask) => {
  if (request.topics === null) {
    return changed(ask(request), (answer) => ({
      ...answer,
      topics: (items(answer.topics) as Answer[]).filter(
        (topic) => topicProblem(DESCRIBE)(topic, asking, request) === 0,
      ),
    }))
  }
  return each({
    field: 'topics',
    answers: 'topics',
    problem: topicProblem(DESCRIBE),
    refuse: (error, { name, topicId, partitionIndexes }) => ({
      ...(name !== undefined && { name: text(name) }),
      ...(topicId !== undefined && { topicId: text(topicId) }),
      partitions: (Array.isArray(partitionIndexes) ? partitionIndexes : []).map((index: unknown) => ({
        partitionIndex: Number(index),
        committedOffset: -1,
        committedLeaderEpoch: -1,
        metadata: '',
        errorCode: error,
      })),
    }),
  })(request, asking, ask)
}

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
    return asking.access.may(DESCRIBE, RESOURCE_TYPE.TRANSACTIONAL_ID, key) ? 0 : TRANSACTION_FAILED
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
  items((value as Value | null | undefined)?.subtopologies).flatMap((each) => [
    ...texts(each.sourceTopics),
    ...texts(each.repartitionSinkTopics),
    ...[...items(each.repartitionSourceTopics), ...items(each.stateChangelogTopics)].map(({ name }) => text(name)),
  ])

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
const shareOffsets: Rule = (request, asking, ask) => {
  if (request.topics === null) {
    const seen = (topic: Answer): boolean => mayOnTopic(DESCRIBE, text(topic.topicName), asking)
    return changed(ask(request), (answer) => ({
      ...answer,
      topics: (items(answer.topics) as Answer[]).filter(seen),
    }))
  }
  return each({
    field: 'topics',
    answers: 'topics',
    problem: topicProblem(DESCRIBE, 'topicName'),
    refuse: (error, { topicName, partitions }) => ({
      topicName: text(topicName),
      topicId: ZERO_UUID,
      partitions: (Array.isArray(partitions) ? partitions : []).map((index: unknown) => ({
        partitionIndex: Number(index),
        startOffset: -1,
        ...failure(error),
      })),
    }),
  })(request, asking, ask)
}

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
  [8, all(ofGroups(8, READ), readTopics)],
  [9, all(ofGroups(9, DESCRIBE), offsetFetch)],
  [10, findCoordinator],
  [11, ofGroups(11, READ)],
  [12, ofGroups(12, READ)],
  [13, ofGroups(13, READ)],
  [14, all(protocolsNamed, ofGroups(14, READ))],
  [15, all(ofGroups(15, DESCRIBE), groupBits)],
  [16, listGroups],
  [42, ofGroups(42, DELETE)],
  [47, all(ofGroups(47, DELETE), readTopics)],
  [68, all(ofGroups(68, READ), subscription)],
  [69, all(ofGroups(69, DESCRIBE), groupBits, membersShown)],
  [76, all(ofGroups(76, READ), subscription)],
  [77, all(ofGroups(77, DESCRIBE), groupBits, membersShown)],
  [78, ofGroup(READ)],
  [79, ofGroup(READ)],
  [88, all(ofGroups(88, READ), topology)],
  [89, all(ofGroups(89, DESCRIBE), groupBits, topologyShown)],
  [90, all(ofGroups(90, DESCRIBE), inGroups(shareOffsets))],
  [91, all(ofGroups(91, READ), alterShareOffsets)],
  [92, all(ofGroups(92, DELETE), deleteShareOffsets)],
  [93, ofGroups(93, READ)],
]
