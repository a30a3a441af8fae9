/**
 * One group of Kafka Streams' protocol (KIP-1071), as StreamsGroup and GroupMetadataManager of Apache Kafka 4.4 run it:
 * its members run one topology, whose tasks they share. Parts of the work are tasks, each in a role.
 */

import { splitKey } from '../assignors.ts'
import {
  type EpochBeat,
  EpochGroup,
  type EpochGroupInit,
  type EpochMember,
  GroupError,
  sameSet,
  updateCommon,
} from '../epoch-group.ts'
import { assignTasks, inRole, taskKey, taskOf } from './assignor.ts'
import { type Configured, inputsOf, STATUS, type Status, type Topology, TopologyError } from './topology.ts'

export interface UserEndpoint {
  readonly host: string
  readonly port: number
}

export interface ClientTag {
  readonly key: string
  readonly value: string
}

/** Offsets that a member has read of what a task's state is restored from. */
export interface TaskOffset {
  readonly subtopologyId: string
  readonly partition: number
  readonly offset: number | bigint
}

export interface StreamsMember extends EpochMember {
  topologyEpoch: number
  processId: string
  userEndpoint: UserEndpoint | null
  clientTags: readonly ClientTag[]
  taskOffsets: readonly TaskOffset[]
  taskEndOffsets: readonly TaskOffset[]
}

/** What a heartbeat says. Null: as before. */
export interface StreamsBeat extends EpochBeat {
  readonly topology: Topology | null
  readonly processId: string | null
  readonly userEndpoint: UserEndpoint | null
  readonly clientTags: readonly ClientTag[] | null
  readonly taskOffsets: readonly TaskOffset[] | null
  readonly taskEndOffsets: readonly TaskOffset[] | null
  /** A member wants all of the application to end. */
  readonly shutdown: boolean
}

export interface StreamsGroupInit extends EpochGroupInit {
  /** streams.num.standby.replicas */
  readonly standbys: () => number
  /** streams.initial.rebalance.delay.ms: how long the first member of a group waits for others. */
  readonly initialDelayMs: () => number
  /** The name of a topic that there is. */
  readonly topicName: (topicId: string) => string | undefined
  /** What a topology needs of the topics there are. Throws TopologyError. */
  readonly configure: (topology: Topology) => Configured
  /** Another number whenever topics or their sizes have changed. */
  readonly topicsVersion: () => number
}

export interface Told {
  readonly member: StreamsMember
  /** Whether the member is to be told its tasks, and who has which partitions. */
  readonly tell: boolean
  readonly status: readonly Status[]
}

/** Of a group that nobody has joined yet. */
const UNCONFIGURED: Configured = { work: null, counts: new Map(), missing: [], status: null }

export class StreamsGroup extends EpochGroup<StreamsMember, StreamsBeat> {
  topology: Topology | null = null
  configured: Configured = UNCONFIGURED
  /** Rises when members with an endpoint get other tasks (KIP-1071): who asks with another one is told of all. */
  endpointEpoch = 0
  protected readonly kind = 'streams'
  private readonly init: StreamsGroupInit
  private shutdownBy: string | null = null
  /** What members are, and the topics, as they were when the epoch last rose. */
  private wanted = ''
  private configuredAt = -1
  private cancelDelay: (() => void) | null = null
  private standbys = 0
  /** What the topology takes as JSON. */
  private topologyBytes = 0

  constructor(init: StreamsGroupInit) {
    super(init)
    this.init = init
    this.assignmentEpoch = 1
  }

  get state(): 'Empty' | 'NotReady' | 'Assigning' | 'Reconciling' | 'Stable' {
    if (this.members.size === 0) return 'Empty'
    if (!this.configured.work) return 'NotReady'
    if (this.epoch > this.assignmentEpoch) return 'Assigning'
    return this.isSettled ? 'Stable' : 'Reconciling'
  }

  /** Bytes that members and the topology say of themselves. */
  get bytes(): number {
    const said = [...this.members.values()].map(({ processId, userEndpoint, clientTags, taskOffsets }) =>
      JSON.stringify([processId, userEndpoint, clientTags, taskOffsets.length]),
    )
    return said.reduce((sum, { length }) => sum + length, this.topologyBytes)
  }

  /** A heartbeat that is no leaving. Throws GroupError. */
  heartbeat(beat: StreamsBeat): Told {
    const first = this.members.size === 0
    if (beat.memberEpoch === 0) this.takeTopology(beat.topology!)
    const configured = this.configure()
    const member = this.memberFor(beat)
    checkOwned(beat, configured)
    const before = { progress: member.progress, endpoint: member.userEndpoint }
    if (update(member, beat)) this.dirty = true
    if (beat.shutdown) this.shutdownBy = member.id
    if (first && this.init.initialDelayMs() > 0) this.delay()
    this.refresh()
    this.advance(member, beat.owned)
    this.keepSession(member)
    const moved = !sameSet(before.progress.assigned, member.progress.assigned)
    const tell = beat.memberEpoch === 0 || moved
    const elsewhere = tell || JSON.stringify(before.endpoint) !== JSON.stringify(member.userEndpoint)
    if (elsewhere && member.userEndpoint && !(first && beat.memberEpoch === 0)) this.endpointEpoch++
    return { member, tell, status: this.statusFor(member) }
  }

  /** The first topology of a group is the group's; KIP-1071 leaves another one to a later release. */
  private takeTopology(topology: Topology): void {
    const known = this.topology
    const text = JSON.stringify(topology)
    if (known && text === JSON.stringify(known)) return
    if (known && this.members.size > 0) {
      if (topology.epoch < known.epoch) return
      throw new GroupError('INVALID_REQUEST', 'Topology updates are not supported yet.')
    }
    this.topology = topology
    this.topologyBytes = text.length
    this.configuredAt = -1
  }

  private configure(): Configured {
    const version = this.init.topicsVersion()
    if (this.configuredAt === version || !this.topology) return this.configured
    try {
      this.configured = this.init.configure(this.topology)
    } catch (error) {
      if (!(error instanceof TopologyError)) throw error
      if (this.members.size === 0) {
        this.topology = null
        this.topologyBytes = 0
      }
      throw new GroupError('STREAMS_INVALID_TOPOLOGY', error.message)
    }
    this.configuredAt = version
    this.dirty = true
    return this.configured
  }

  protected create(common: EpochMember): StreamsMember {
    const nothing = { userEndpoint: null, clientTags: [], taskOffsets: [], taskEndOffsets: [] }
    return { ...common, topologyEpoch: 0, processId: '', ...nothing }
  }

  /** Others may come in a moment: until then nobody has anything to do. */
  private delay(): void {
    this.cancelDelay?.()
    this.cancelDelay = this.clock.after(this.init.initialDelayMs(), () => {
      this.cancelDelay = null
      this.dirty = true
      this.refresh()
    })
  }

  protected refresh(): void {
    const standbys = this.init.standbys()
    const same = this.configuredAt === this.init.topicsVersion() && standbys === this.standbys
    if (!this.dirty && same && this.epoch === this.assignmentEpoch) return
    const { work, counts } = this.configure()
    this.dirty = false
    this.standbys = standbys
    const members = [...this.members.values()]
    const wanted = JSON.stringify([
      standbys,
      members
        .map(({ id, instanceId, processId, clientTags, topologyEpoch, rackId }) => [
          instanceId ?? id,
          processId,
          topologyEpoch,
          rackId,
          clientTags,
        ])
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      [...counts],
      [...(work ?? [])].map(([id, { tasks }]) => [id, tasks]),
    ])
    if (wanted !== this.wanted) this.epoch++
    this.wanted = wanted
    if (this.cancelDelay || this.epoch === this.assignmentEpoch) return
    const workers = members.map(({ id, processId }) => ({
      id,
      processId,
      previous: this.target.get(id) ?? new Set<string>(),
    }))
    this.target = work ? assignTasks(workers, work, standbys) : new Map()
    this.assignmentEpoch = this.epoch
  }

  /** An active task is one member's; a process has a task in one role only, as its state has one place there. */
  protected override isTaken(part: string, member: StreamsMember): boolean {
    const onProcess = (key: string): boolean =>
      this.ownersOf(key).some((id) => this.members.get(id)?.processId === member.processId)
    const { role } = taskOf(part)
    if (role === 'active') {
      return this.ownersOf(part).length > 0 || onProcess(inRole(part, 'standby')) || onProcess(inRole(part, 'warmup'))
    }
    return (['active', 'standby', 'warmup'] as const).some((each) => onProcess(inRole(part, each)))
  }

  private statusFor(member: StreamsMember): Status[] {
    const status: Status[] = []
    const epoch = this.topology?.epoch ?? 0
    if (member.topologyEpoch < epoch) {
      const statusDetail = `The member's topology epoch ${member.topologyEpoch} is behind the group's topology epoch ${epoch}.`
      status.push({ statusCode: STATUS.staleTopology, statusDetail })
    }
    if (this.cancelDelay) {
      const statusDetail = 'Assignment delayed due to the configured initial rebalance delay.'
      status.push({ statusCode: STATUS.assignmentDelayed, statusDetail })
    }
    if (this.configured.status) status.push(this.configured.status)
    if (this.shutdownBy !== null) {
      const statusDetail = `Streams group member ${this.shutdownBy} encountered a fatal error and requested a shutdown for the entire application.`
      status.push({ statusCode: STATUS.shutdown, statusDetail })
    }
    return status
  }

  /** An offset of a partition is committed by whoever has the active task that reads it. */
  override commitProblem(memberId: string, memberEpoch: number, partition: string | null): number {
    return super.commitProblem(memberId, memberEpoch, partition === null ? null : this.taskFor(partition))
  }

  private taskFor(key: string): string | null {
    const { topicId, partition } = splitKey(key)
    const name = this.init.topicName(topicId) ?? ''
    for (const [subtopologyId, { inputs }] of this.configured.work ?? []) {
      if (inputs.has(name)) return taskKey({ role: 'active', subtopologyId, partition })
    }
    return null
  }

  override leave(memberId: string, instanceId: string | null, memberEpoch: number): void {
    super.leave(memberId, instanceId, memberEpoch)
    if (this.members.size === 0) this.shutdownBy = null
  }

  /** Whether the application reads this topic. */
  subscribes(topicName: string): boolean {
    const all = this.topology?.subtopologies ?? []
    return this.members.size > 0 && all.some((subtopology) => inputsOf(subtopology).includes(topicName))
  }

  override close(): void {
    super.close()
    this.cancelDelay?.()
  }
}

/** Members may say that they own tasks of the topology only. */
function checkOwned({ owned }: StreamsBeat, { work }: Configured): void {
  if (!work) return
  for (const key of owned ?? []) {
    const { subtopologyId, partition } = taskOf(key)
    const tasks = work.get(subtopologyId)?.tasks
    if (tasks === undefined) {
      throw new GroupError('INVALID_REQUEST', `Subtopology ${subtopologyId} does not exist in the topology.`)
    }
    if (partition < 0 || partition >= tasks) {
      const text = `Task ${partition} for subtopology ${subtopologyId} is invalid. Number of tasks for this subtopology: ${tasks}`
      throw new GroupError('INVALID_REQUEST', text)
    }
  }
}

/** Returns whether what matters to the assignment may have changed. */
function update(member: StreamsMember, beat: StreamsBeat): boolean {
  updateCommon(member, beat)
  if (beat.topology) member.topologyEpoch = beat.topology.epoch
  member.processId = beat.processId ?? member.processId
  member.userEndpoint = beat.userEndpoint ?? member.userEndpoint
  member.clientTags = beat.clientTags ?? member.clientTags
  member.taskOffsets = beat.taskOffsets ?? member.taskOffsets
  member.taskEndOffsets = beat.taskEndOffsets ?? member.taskEndOffsets
  return beat.topology !== null || beat.processId !== null || beat.clientTags !== null
}
