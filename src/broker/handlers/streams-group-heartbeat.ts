/**
 * StreamsGroupHeartbeat (KIP-1071): joins with a topology, keeps a session, says which tasks are owned, and is told which
 * to own; or leaves. Internal topics that are missing are made, which the member is told of by a status.
 */
import { errorCode } from '../../../dissectors/errors.ts'
import { mayMakeTopic } from '../access/access.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { addTo } from '../lists.ts'
import { type Role, taskKey, taskOf } from '../streams/assignor.ts'
import type { ClientTag, StreamsGroup, StreamsMember, TaskOffset, Told, UserEndpoint } from '../streams/group.ts'
import { STATUS, type Status, type TopicInfo, type Topology } from '../streams/topology.ts'
import { configProblem } from '../topic-configs.ts'
import { answerOr } from './consumer-group-heartbeat.ts'

interface TaskIds {
  readonly subtopologyId: string
  readonly partitions: readonly number[]
}

interface Request {
  readonly groupId: string
  readonly memberId: string
  readonly memberEpoch: number
  readonly endpointInformationEpoch: number
  readonly instanceId: string | null
  readonly rackId: string | null
  readonly rebalanceTimeoutMs: number
  readonly topology: Topology | null
  readonly activeTasks: readonly TaskIds[] | null
  readonly standbyTasks: readonly TaskIds[] | null
  readonly warmupTasks: readonly TaskIds[] | null
  readonly processId: string | null
  readonly userEndpoint: UserEndpoint | null
  readonly clientTags: readonly ClientTag[] | null
  readonly taskOffsets: readonly TaskOffset[] | null
  readonly taskEndOffsets: readonly TaskOffset[] | null
  readonly shutdownApplication: boolean
}

/** group.streams.task.offset.interval.ms and group.streams.acceptable.recovery.lag */
const TASK_OFFSET_INTERVAL_MS = 60_000
const ACCEPTABLE_RECOVERY_LAG = 10_000

export const streamsGroupHeartbeat: Handler<Request> = {
  apiKey: 88,
  versions: [0, 1],
  handle(request, context) {
    const { broker, clientId, clientHost } = context
    const roles = [request.activeTasks, request.standbyTasks, request.warmupTasks]
    if (roles.some((each) => each === null) && roles.some((each) => each !== null)) {
      const errorMessage = 'If one task-type is non-null, all must be non-null.'
      return { errorCode: errorCode('INVALID_REQUEST'), errorMessage, status: [] }
    }
    const answer = answerOr(() => {
      const found = broker.coordinator.streams.heartbeat(request.groupId, {
        ...request,
        owned: request.activeTasks && keysOf(request),
        // Cut to what is allowed a session, so that no task waits for weeks.
        rebalanceTimeoutMs: Math.min(request.rebalanceTimeoutMs, broker.options.maxSessionTimeoutMs),
        shutdown: request.shutdownApplication,
        clientId: clientId ?? '',
        clientHost,
      })
      const { memberId, memberEpoch } = request
      return found ? told(found.group, found.told, request, context) : { memberId, memberEpoch }
    })
    return { status: [], ...answer }
  },
}

function keysOf({ activeTasks, standbyTasks, warmupTasks }: Request): Set<string> {
  const keys = (role: Role, all: readonly TaskIds[] | null): string[] =>
    (all ?? []).flatMap(({ subtopologyId, partitions }) =>
      partitions.map((partition) => taskKey({ role, subtopologyId, partition })),
    )
  return new Set([...keys('active', activeTasks), ...keys('standby', standbyTasks), ...keys('warmup', warmupTasks)])
}

function told(group: StreamsGroup, { member, tell, status }: Told, request: Request, context: Context): Answer {
  const all = tell || request.memberEpoch === 0 || request.endpointInformationEpoch !== group.endpointEpoch
  const { settings } = context.broker
  return {
    memberId: member.id,
    memberEpoch: member.progress.epoch,
    heartbeatIntervalMs: Number(settings.ofGroup(group.id, 'streams.heartbeat.interval.ms')),
    taskOffsetIntervalMs: TASK_OFFSET_INTERVAL_MS,
    acceptableRecoveryLag: ACCEPTABLE_RECOVERY_LAG,
    status: makeTopics(group.configured.missing, status, context).map((each) => ({ ...each })),
    ...(tell && tasksOf(member.progress.assigned)),
    endpointInformationEpoch: group.endpointEpoch,
    partitionsByUserEndpoint: all ? endpoints(group) : null,
  }
}

/** Tasks by role and subtopology. */
export function tasksOf(keys: ReadonlySet<string>): { [role: string]: Answer[] } {
  const ofRole = (role: Role): Answer[] => {
    const byId = new Map<string, number[]>()
    for (const key of keys) {
      const task = taskOf(key)
      if (task.role !== role) continue
      addTo(byId, task.subtopologyId, task.partition)
    }
    return [...byId].map(([subtopologyId, partitions]) => ({
      subtopologyId,
      partitions: partitions.sort((a, b) => a - b),
    }))
  }
  return { activeTasks: ofRole('active'), standbyTasks: ofRole('standby'), warmupTasks: ofRole('warmup') }
}

/** Where each member with an endpoint can be asked for what; null where none has one. */
function endpoints(group: StreamsGroup): Answer[] | null {
  const members = [...group.members.values()].filter(({ userEndpoint }) => userEndpoint !== null)
  if (members.length === 0) return null
  return members.map((member) => ({
    userEndpoint: { ...member.userEndpoint! },
    activePartitions: partitionsOf(group, member, 'active'),
    standbyPartitions: partitionsOf(group, member, 'standby'),
  }))
}

function partitionsOf({ configured }: StreamsGroup, { progress }: StreamsMember, role: Role): Answer[] {
  const byTopic = new Map<string, number[]>()
  for (const key of progress.assigned) {
    const task = taskOf(key)
    const work = configured.work?.get(task.subtopologyId)
    if (task.role !== role || !work) continue
    for (const [topic, size] of work.inputs) {
      // A topic that is smaller than others has none for the last tasks.
      if (task.partition >= size) continue
      addTo(byTopic, topic, task.partition)
    }
  }
  return [...byTopic]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([topic, partitions]) => ({ topic, partitions: partitions.sort((a, b) => a - b) }))
}

/** Makes internal topics that are missing, if the member may: else its status says so. */
function makeTopics(missing: readonly TopicInfo[], status: readonly Status[], context: Context): readonly Status[] {
  const { broker } = context
  const refused = missing.filter(({ name }) => !mayMakeTopic(name, context))
  if (refused.length > 0) {
    const names = refused.map(({ name }) => name).join(', ')
    return status.map((each) =>
      each.statusCode === STATUS.missingInternalTopics
        ? { ...each, statusDetail: `${each.statusDetail}; Unauthorized to CREATE on topics ${names}.` }
        : each,
    )
  }
  for (const { name, partitions, replicationFactor, topicConfigs } of missing) {
    if (broker.topics.get(name)) continue
    if (!broker.hasRoom(partitions)) break
    const sound = topicConfigs.filter(({ key, value }) => configProblem(key, value) === null)
    const configs = new Map(sound.map(({ key, value }) => [key, value]))
    broker.topics.create(name, partitions, configs, { replicationFactor: Math.max(1, replicationFactor) })
  }
  return status
}
