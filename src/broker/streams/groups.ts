/** All groups of Kafka Streams' protocol (KIP-1071), and the checks that come before a group is looked at. */
import { GroupError, LEAVING, LEAVING_FOR_NOW } from '../epoch-group.ts'
import { EpochGroups, type GroupsInit } from '../epoch-groups.ts'
import { isInternal } from '../internal-topics.ts'
import type { Settings } from '../settings.ts'
import { topicNameProblem } from '../topics.ts'
import { type StreamsBeat, StreamsGroup, type Told } from './group.ts'
import { configure, type Topology, topicsOf } from './topology.ts'

export interface StreamsGroupsInit extends GroupsInit {
  readonly settings: Settings
  /** Makes the name free for a group of this type, if it can. */
  readonly claim: (groupId: string) => boolean
}

export class StreamsGroups extends EpochGroups<StreamsGroup> {
  private readonly init: StreamsGroupsInit

  constructor(init: StreamsGroupsInit) {
    super(init)
    this.init = init
  }

  /** The group and what its member is told; null where the member has left. Throws GroupError. */
  heartbeat(groupId: string, beat: StreamsBeat): { readonly group: StreamsGroup; readonly told: Told } | null {
    checkBeat(groupId, beat)
    checkTopology(beat.topology)
    const { memberId, memberEpoch, instanceId } = beat
    if (memberEpoch === LEAVING || memberEpoch === LEAVING_FOR_NOW) {
      this.known(groupId).leave(memberId, instanceId, memberEpoch)
      return null
    }
    const fresh = !this.byId.has(groupId)
    const group = memberEpoch === 0 ? this.groupFor(groupId) : this.known(groupId)
    try {
      return { group, told: group.heartbeat(beat) }
    } catch (error) {
      // A group comes to be by a member that could join.
      if (fresh && group.members.size === 0) this.byId.delete(groupId)
      throw error
    }
  }

  private known(id: string): StreamsGroup {
    const group = this.byId.get(id)
    if (group) return group
    const why = this.init.isOther(id) ? 'is not a streams group' : 'not found'
    throw new GroupError('GROUP_ID_NOT_FOUND', `Group ${id} ${why}.`)
  }

  private groupFor(id: string): StreamsGroup {
    this.checkRoom(!this.byId.has(id))
    const known = this.byId.get(id)
    if (known) return known
    if (!this.init.claim(id)) throw new GroupError('GROUP_ID_NOT_FOUND', `Group ${id} is not a streams group.`)
    const { clock, topics, settings, groupMaxSize } = this.init
    const setting = (name: string) => (): number => Number(settings.ofGroup(id, `streams.${name}`))
    const group = new StreamsGroup({
      id,
      clock,
      maxSize: groupMaxSize,
      sessionTimeoutMs: setting('session.timeout.ms'),
      standbys: setting('num.standby.replicas'),
      initialDelayMs: setting('initial.rebalance.delay.ms'),
      topicName: (id) => topics.getById(id)?.name,
      configure: (topology) => configure(topology, topics),
      topicsVersion: () => topics.version,
    })
    this.byId.set(id, group)
    return group
  }
}

/** What GroupCoordinatorService.throwIfStreamsGroupHeartbeatRequestIsInvalid of Apache Kafka refuses. */
function checkBeat(groupId: string, beat: StreamsBeat): void {
  const { memberId, memberEpoch, instanceId, rackId, topology, owned } = beat
  const refuse = (message: string): never => {
    throw new GroupError('INVALID_REQUEST', message)
  }
  if (memberId === '') refuse("MemberId can't be empty.")
  if (groupId === '') refuse("GroupId can't be empty.")
  if (instanceId === '') refuse("InstanceId can't be empty.")
  if (rackId === '') refuse("RackId can't be empty.")
  if (memberEpoch === LEAVING_FOR_NOW && instanceId === null) refuse("InstanceId can't be null.")
  if (memberEpoch < LEAVING_FOR_NOW) {
    refuse(`MemberEpoch is ${memberEpoch}, but must be greater than or equal to -2.`)
  }
  if (memberEpoch !== 0) {
    if (topology) refuse('Topology can only be provided when (re-)joining.')
    return
  }
  if (beat.rebalanceTimeoutMs === -1) refuse('RebalanceTimeoutMs must be provided in first request.')
  if (owned === null || owned.size > 0) refuse('ActiveTasks must be empty when (re-)joining.')
  if (!topology) refuse('Topology must be non-null when (re-)joining.')
}

/** Topics that a topology may name; what it needs of them is looked at later. */
function checkTopology(topology: Topology | null): void {
  const invalid = (message: string): never => {
    throw new GroupError('STREAMS_INVALID_TOPOLOGY', message)
  }
  const all = topology?.subtopologies ?? []
  const names = all.flatMap(topicsOf)
  const internal = names.filter(isInternal)
  if (internal.length > 0) {
    invalid(`Use of Kafka internal topics ${internal.join(',')} in a Kafka Streams topology is prohibited.`)
  }
  const wrong = names.filter((name) => topicNameProblem(name) !== null)
  if (wrong.length > 0) invalid(`Topic names ${wrong.join(',')} are not valid topic names.`)
  if (all.some(({ sourceTopicRegex }) => sourceTopicRegex.length > 0)) {
    invalid('Regular expressions for source topics are not supported yet.')
  }
  const ids = all.map(({ subtopologyId }) => subtopologyId)
  if (new Set(ids).size < ids.length) throw new GroupError('UNKNOWN_SERVER_ERROR', 'A subtopology is named twice.')
}
