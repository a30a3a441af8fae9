/**
 * Share groups (KIP-932): members heartbeat as in the consumer protocol, but a partition may be read by several, so
 * nothing has to be given up before it is assigned.
 */
import { errorCode } from '../../dissectors/errors.ts'
import { type Assignment, partitionKey, simple } from './assignors.ts'
import type { BeatAnswer, ConsumerGroupsInit } from './consumer-groups.ts'
import { GroupError, sameSet } from './epoch-group.ts'
import type { GroupsInit } from './epoch-groups.ts'
import type { PartitionLog } from './log.ts'
import type { Settings } from './settings.ts'
import { type InFlightBudget, type ShareLimits, SharePartition } from './share-partition.ts'
import { type ShareSession, ShareSessions } from './share-sessions.ts'
import type { Topic } from './topics.ts'

export interface ShareBeat {
  readonly memberId: string
  readonly memberEpoch: number
  readonly rackId: string | null
  readonly topicNames: readonly string[] | null
  readonly clientId: string
  readonly clientHost: string
}

export interface ShareMember {
  readonly id: string
  rackId: string | null
  clientId: string
  clientHost: string
  topicNames: readonly string[]
  epoch: number
  previousEpoch: number
  assigned: ReadonlySet<string>
  cancelSession: (() => void) | null
}

export interface ShareGroup {
  readonly id: string
  epoch: number
  assignmentEpoch: number
  readonly members: Map<string, ShareMember>
  target: Assignment
  /** By partition key: those that were ever read, or were given a start. */
  readonly partitions: Map<string, SharePartition>
  /** The topics' version that the assignment was made for. */
  seen: number
}

export interface ShareGroupsInit extends GroupsInit, Pick<ConsumerGroupsInit, 'timing'> {
  readonly settings: Settings
}

/** Partitions of all share groups of which something is remembered. */
const MAX_PARTITIONS = 20_000
const MAX_IN_FLIGHT = 1_000_000

export class ShareGroups {
  readonly sessions: ShareSessions
  private readonly byId = new Map<string, ShareGroup>()
  private readonly init: ShareGroupsInit
  private readonly budget: InFlightBudget = { left: MAX_IN_FLIGHT }

  constructor(init: ShareGroupsInit) {
    this.init = init
    this.sessions = new ShareSessions((session) => this.releaseAll(session))
  }

  get(id: string): ShareGroup | undefined {
    return this.byId.get(id)
  }

  all(): ShareGroup[] {
    return [...this.byId.values()]
  }

  /** Throws GroupError. */
  heartbeat(groupId: string, beat: ShareBeat): BeatAnswer {
    checkBeat(groupId, beat)
    const { memberId, memberEpoch } = beat
    const known = this.byId.get(groupId)
    if (!known && this.init.isOther(groupId)) {
      throw new GroupError('GROUP_ID_NOT_FOUND', `Group ${groupId} is not a share group.`)
    }
    if (!known && memberEpoch !== 0) {
      throw new GroupError('GROUP_ID_NOT_FOUND', `${memberEpoch < 0 ? 'Group' : 'Share group'} ${groupId} not found.`)
    }
    const group = known ?? this.create(groupId)
    if (memberEpoch < 0) {
      this.remove(group, this.member(group, memberId))
      return { memberId, memberEpoch, heartbeatIntervalMs: 0, assignment: null }
    }
    const member =
      memberEpoch === 0 ? (group.members.get(memberId) ?? this.add(group, beat)) : this.member(group, memberId)
    checkEpoch(member, memberEpoch)
    const before = member.assigned
    if (update(member, beat)) group.seen = -1
    this.refresh(group)
    if (member.epoch !== group.assignmentEpoch) member.previousEpoch = member.epoch
    member.epoch = group.assignmentEpoch
    member.assigned = group.target.get(memberId) ?? new Set()
    this.keepSession(group, member)
    const tell = memberEpoch === 0 || beat.topicNames !== null || !sameSet(before, member.assigned)
    const { heartbeatIntervalMs } = this.init.timing(groupId)
    return { memberId, memberEpoch: member.epoch, heartbeatIntervalMs, assignment: tell ? member.assigned : null }
  }

  private member(group: ShareGroup, memberId: string): ShareMember {
    const member = group.members.get(memberId)
    if (!member) throw new GroupError('UNKNOWN_MEMBER_ID', `Member ${memberId} is not a member of group ${group.id}.`)
    return member
  }

  /** A group without members, as AlterShareGroupOffsets may make one too. Throws GroupError where there is no room. */
  create(id: string): ShareGroup {
    if (this.byId.size >= this.init.maxGroups) {
      for (const [other, group] of this.byId) if (group.members.size === 0) this.delete(other)
    }
    const bytes = this.all().reduce((sum, group) => sum + bytesOf(group), 0)
    if (this.byId.size >= this.init.maxGroups || bytes > this.init.maxGroupBytes) {
      throw new GroupError('COORDINATOR_NOT_AVAILABLE', 'This broker holds no more groups.')
    }
    const group: ShareGroup = {
      id,
      epoch: 1,
      assignmentEpoch: 0,
      members: new Map(),
      target: new Map(),
      partitions: new Map(),
      seen: -1,
    }
    this.byId.set(id, group)
    return group
  }

  private add(group: ShareGroup, { memberId, clientId, clientHost }: ShareBeat): ShareMember {
    const { groupMaxSize } = this.init
    if (group.members.size >= groupMaxSize) {
      const text = `The share group has reached its maximum capacity of ${groupMaxSize} members.`
      throw new GroupError('GROUP_MAX_SIZE_REACHED', text)
    }
    const member: ShareMember = {
      id: memberId,
      rackId: null,
      clientId,
      clientHost,
      topicNames: [],
      epoch: 0,
      previousEpoch: 0,
      assigned: new Set(),
      cancelSession: null,
    }
    group.members.set(memberId, member)
    return member
  }

  private remove(group: ShareGroup, member: ShareMember): void {
    member.cancelSession?.()
    if (group.members.get(member.id) !== member) return
    group.members.delete(member.id)
    group.seen = -1
    this.refresh(group)
  }

  private keepSession(group: ShareGroup, member: ShareMember): void {
    member.cancelSession?.()
    const { sessionTimeoutMs } = this.init.timing(group.id)
    member.cancelSession = this.init.clock.after(sessionTimeoutMs, () => this.remove(group, member))
  }

  /** A new epoch and assignment, where members, subscriptions or topics have changed. */
  private refresh(group: ShareGroup): void {
    const { topics } = this.init
    if (group.seen === topics.version) return
    group.seen = topics.version
    const sizes = new Map<string, number>()
    const members = [...group.members.values()].map(({ id, topicNames }) => {
      const found = topicNames.flatMap((name) => topics.get(name) ?? [])
      for (const topic of found) sizes.set(topic.id, topic.partitions.length)
      return { id, instanceId: null, topics: new Set(found.map((topic) => topic.id)), previous: new Set<string>() }
    })
    const target = simple(members, sizes)
    const same =
      target.size === group.target.size &&
      [...target].every(([id, partitions]) => sameSet(partitions, group.target.get(id) ?? new Set(['?'])))
    if (same && group.assignmentEpoch === group.epoch) return
    group.epoch++
    group.assignmentEpoch = group.epoch
    group.target = target
  }

  limits(groupId: string): ShareLimits {
    const setting = (name: string): number => Number(this.init.settings.ofGroup(groupId, name))
    return {
      lockMs: setting('share.record.lock.duration.ms'),
      maxDeliveries: setting('share.delivery.count.limit'),
      maxLocks: setting('share.partition.max.record.locks'),
    }
  }

  /** Whether a group reads only what committed transactions, or none, wrote. */
  committedOnly(groupId: string): boolean {
    return this.init.settings.ofGroup(groupId, 'share.isolation.level') === 'read_committed'
  }

  /** What a group has done with a partition, begun where the group's settings say. An error code where it can't be. */
  partition(group: ShareGroup, topic: Topic, index: number): SharePartition | number {
    const log = topic.partitions[index]
    if (!log) return errorCode('UNKNOWN_TOPIC_OR_PARTITION')
    return (
      group.partitions.get(partitionKey(topic.id, index)) ?? this.begin(group, topic, index, this.reset(group, log))
    )
  }

  private begin(group: ShareGroup, topic: Topic, index: number, startOffset: number): SharePartition | number {
    for (const each of this.byId.values()) {
      for (const [key, partition] of each.partitions) {
        if (this.init.topics.getById(key.slice(0, key.lastIndexOf('/')))) continue
        partition.close()
        each.partitions.delete(key)
      }
    }
    const kept = this.all().reduce((sum, { partitions }) => sum + partitions.size, 0)
    if (kept >= MAX_PARTITIONS) return errorCode('COORDINATOR_NOT_AVAILABLE')
    const partition = new SharePartition(startOffset, this.init.clock, this.budget)
    group.partitions.set(partitionKey(topic.id, index), partition)
    return partition
  }

  /** AlterShareGroupOffsets: begins anew at an offset. Returns an error code. */
  startAt(group: ShareGroup, topic: Topic, index: number, startOffset: number): number {
    const key = partitionKey(topic.id, index)
    group.partitions.get(key)?.close()
    group.partitions.delete(key)
    const begun = this.begin(group, topic, index, startOffset)
    return typeof begun === 'number' ? begun : 0
  }

  private reset(group: ShareGroup, log: PartitionLog): number {
    const reset = this.init.settings.ofGroup(group.id, 'share.auto.offset.reset')
    if (reset === 'earliest') return log.startOffset
    if (!reset.startsWith('by_duration:')) return log.endOffset
    const from = this.init.clock.now() - isoDurationMs(reset.slice('by_duration:'.length))
    return log.batchFrom(from)?.baseOffset ?? log.endOffset
  }

  private releaseAll({ groupId, memberId, partitions }: ShareSession): void {
    const limits = this.limits(groupId)
    const known = this.byId.get(groupId)?.partitions
    for (const key of partitions) known?.get(key)?.release(memberId, limits)
  }

  /** Forgets a group with all that it has read. */
  delete(id: string): void {
    const group = this.byId.get(id)
    if (!group) return
    for (const member of group.members.values()) member.cancelSession?.()
    for (const partition of group.partitions.values()) partition.close()
    this.byId.delete(id)
  }

  /** Ends all timers. */
  close(): void {
    for (const id of [...this.byId.keys()]) this.delete(id)
  }
}

const bytesOf = ({ members }: ShareGroup): number =>
  [...members.values()].reduce((sum, { topicNames }) => topicNames.reduce((all, name) => all + name.length + 8, sum), 0)

/** Days, hours, minutes and seconds of an ISO 8601 duration, as java.time.Duration reads them. Ms; 0 where it is none. */
function isoDurationMs(text: string): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text)
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = (parts ?? []).slice(1).map((part) => Number(part ?? 0))
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
}

/** What GroupMetadataManager.throwIfShareGroupHeartbeatRequestIsInvalid of Apache Kafka refuses. */
function checkBeat(groupId: string, { memberId, memberEpoch, rackId, topicNames }: ShareBeat): void {
  const refuse = (message: string): never => {
    throw new GroupError('INVALID_REQUEST', message)
  }
  if (groupId === '') refuse("GroupId can't be empty.")
  if (memberId === '') refuse("MemberId can't be empty.")
  if (rackId === '') refuse("RackId can't be empty.")
  if (memberEpoch < -1) refuse('MemberEpoch is invalid.')
  if (memberEpoch === 0 && (topicNames?.length ?? 0) === 0) refuse('SubscribedTopicNames must be set in first request.')
}

/** The epoch before is as good: its answer may have been lost. */
function checkEpoch(member: ShareMember, memberEpoch: number): void {
  if (memberEpoch === 0 || memberEpoch === member.epoch || memberEpoch === member.previousEpoch) return
  const how = memberEpoch > member.epoch ? 'greater' : 'smaller'
  throw new GroupError(
    'FENCED_MEMBER_EPOCH',
    `The share group member has a ${how} member epoch (${memberEpoch}) than the one known by the group coordinator (${member.epoch}). The member must abandon all its partitions and rejoin.`,
  )
}

/** Returns whether what it wants to read may have changed. */
function update(member: ShareMember, beat: ShareBeat): boolean {
  member.rackId = beat.rackId ?? member.rackId
  member.clientId = beat.clientId
  member.clientHost = beat.clientHost
  if (beat.topicNames) member.topicNames = [...new Set(beat.topicNames)].sort()
  return beat.topicNames !== null
}
