/**
 * One group of the consumer protocol (KIP-848), as Apache Kafka's GroupMetadataManager runs it: members heartbeat, the
 * group's epoch rises with every change of members, subscriptions or topics, the assignment is made here, and each member
 * is led to it (`reconcile.ts`). Times are milliseconds; timers come from the clock that is given.
 */
import { errorCode } from '../../dissectors/errors.ts'
import { ASSIGNORS, type Assignment, type TopicSizes } from './assignors.ts'
import type { Clock } from './clock.ts'
import { type Progress, reconcile } from './reconcile.ts'

/** Epochs that say that a member goes: for good, or, being static, to come back. */
export const LEAVING = -1
export const LEAVING_FOR_NOW = -2

export interface ConsumerMember {
  readonly id: string
  readonly instanceId: string | null
  rackId: string | null
  clientId: string
  clientHost: string
  rebalanceTimeoutMs: number
  topicNames: readonly string[]
  /** RE2 syntax; null or empty for none. */
  regex: string | null
  /** Of the topics that the expression stands for, those that it may know of. */
  sees: (topicName: string) => boolean
  assignor: string | null
  previousEpoch: number
  progress: Progress
  /** Epochs from which on the member has each partition: commits of that epoch are as good (KIP-1251). */
  since: Map<string, number>
  cancelSession: (() => void) | null
  cancelRevocation: (() => void) | null
}

/** What a heartbeat says. Null: as before. */
export interface Beat {
  readonly memberId: string
  readonly memberEpoch: number
  readonly instanceId: string | null
  readonly rackId: string | null
  readonly rebalanceTimeoutMs: number
  readonly topicNames: readonly string[] | null
  readonly regex: string | null
  /** Topics that the member may know of; default all. */
  readonly sees?: (topicName: string) => boolean
  readonly assignor: string | null
  /** Partition keys. */
  readonly owned: ReadonlySet<string> | null
  readonly clientId: string
  readonly clientHost: string
}

/** An error to answer with. */
export class GroupError extends Error {
  readonly code: number
  constructor(name: string, message: string) {
    super(message)
    this.code = errorCode(name)
  }
}

export interface ConsumerGroupInit {
  readonly id: string
  readonly clock: Clock
  /** Asked anew each time: it can be configured while the group lives. */
  readonly sessionTimeoutMs: () => number
  readonly maxSize: number
  /** The topics, by id, that a member wants and that there are, with their sizes. */
  readonly resolve: (names: readonly string[], regex: string | null, sees: (topicName: string) => boolean) => TopicSizes
  /** Another number whenever topics or their sizes have changed. */
  readonly topicsVersion: () => number
}

export class ConsumerGroup {
  readonly id: string
  epoch = 1
  assignmentEpoch = 0
  /** Of the last assignment. */
  assignorName = 'uniform'
  readonly members = new Map<string, ConsumerMember>()
  target: Assignment = new Map()
  private readonly init: ConsumerGroupInit
  /** Who has a partition, or has not yet given it up. */
  private readonly owners = new Map<string, string>()
  /** What members want, as it was when the epoch last rose. */
  private wanted = '[[],[]]'
  private resolvedAt = -1
  private dirty = false
  private readonly statics = new Map<string, string>()

  constructor(init: ConsumerGroupInit) {
    this.init = init
    this.id = init.id
  }

  /** GroupState of the consumer protocol; Assigning is never seen, as assignments are made at once. */
  get state(): 'Empty' | 'Reconciling' | 'Stable' {
    if (this.members.size === 0) return 'Empty'
    const settled = [...this.members.values()].every(
      ({ progress }) => progress.state === 'Stable' && progress.epoch === this.assignmentEpoch,
    )
    return settled ? 'Stable' : 'Reconciling'
  }

  /** Bytes that members say of themselves. */
  get bytes(): number {
    let sum = 0
    for (const { topicNames, regex } of this.members.values()) {
      sum += topicNames.reduce((all, name) => all + name.length + 8, (regex ?? '').length)
    }
    return sum
  }

  /** A heartbeat that is no leaving. Returns the member, and whether it must be told its assignment. */
  heartbeat(beat: Beat): { member: ConsumerMember; tell: boolean } {
    const member = beat.instanceId === null ? this.dynamicMember(beat) : this.staticMember(beat, beat.instanceId)
    const before = member.progress
    if (update(member, beat)) this.dirty = true
    this.refresh()
    this.advance(member, beat.owned)
    this.keepSession(member)
    const full = beat.rebalanceTimeoutMs !== -1 && (beat.topicNames ?? beat.regex) !== null && beat.owned !== null
    const tell = beat.memberEpoch === 0 || full || !sameSet(before.assigned, member.progress.assigned)
    return { member, tell }
  }

  private dynamicMember(beat: Beat): ConsumerMember {
    const member = this.members.get(beat.memberId)
    if (beat.memberEpoch === 0) return member ?? this.add(beat)
    if (!member)
      throw new GroupError('UNKNOWN_MEMBER_ID', `Member ${beat.memberId} is not a member of group ${this.id}.`)
    checkEpoch(member, beat)
    return member
  }

  private staticMember(beat: Beat, instanceId: string): ConsumerMember {
    const known = this.members.get(this.statics.get(instanceId) ?? '')
    const { memberId } = beat
    if (beat.memberEpoch === 0) {
      if (!known) return this.add(beat)
      if (known.progress.epoch !== LEAVING_FOR_NOW) {
        throw new GroupError(
          'UNRELEASED_INSTANCE_ID',
          `Static member ${memberId} with instance id ${instanceId} cannot join the group because the instance id is owned by ${known.id} member.`,
        )
      }
      return this.replace(known, memberId)
    }
    this.checkStatic(known, memberId, instanceId)
    checkEpoch(known!, beat)
    return known!
  }

  private checkStatic(known: ConsumerMember | undefined, memberId: string, instanceId: string): void {
    if (!known) throw new GroupError('UNKNOWN_MEMBER_ID', `Instance id ${instanceId} is unknown.`)
    if (known.id !== memberId) {
      throw new GroupError(
        'FENCED_INSTANCE_ID',
        `Static member ${memberId} with instance id ${instanceId} was fenced by member ${known.id}.`,
      )
    }
  }

  private add(beat: Beat): ConsumerMember {
    if (this.members.size >= this.init.maxSize) {
      throw new GroupError(
        'GROUP_MAX_SIZE_REACHED',
        `The consumer group has reached its maximum capacity of ${this.init.maxSize} members.`,
      )
    }
    const member: ConsumerMember = {
      id: beat.memberId,
      instanceId: beat.instanceId,
      rackId: null,
      clientId: beat.clientId,
      clientHost: beat.clientHost,
      rebalanceTimeoutMs: beat.rebalanceTimeoutMs,
      topicNames: [],
      regex: null,
      sees: () => true,
      assignor: null,
      previousEpoch: 0,
      progress: { state: 'Stable', epoch: 0, assigned: new Set(), revoking: new Set() },
      since: new Map(),
      cancelSession: null,
      cancelRevocation: null,
    }
    // Whoever has the id under another instance id, or none, is not there any more.
    const namesake = this.members.get(member.id)
    if (namesake) this.remove(namesake)
    this.members.set(member.id, member)
    this.dirty = true
    if (member.instanceId !== null) this.statics.set(member.instanceId, member.id)
    return member
  }

  /** KIP-345: a static member has come back under another id; what it had is its own again. */
  private replace(old: ConsumerMember, id: string): ConsumerMember {
    const member: ConsumerMember = { ...old, id, previousEpoch: 0, progress: { ...old.progress, epoch: 0 } }
    const target = this.target.get(old.id)
    this.remove(old)
    const namesake = this.members.get(id)
    if (namesake) this.remove(namesake)
    member.cancelSession = null
    member.cancelRevocation = null
    this.members.set(id, member)
    this.statics.set(old.instanceId!, id)
    if (target) this.target.set(id, target)
    for (const partition of member.progress.assigned) this.owners.set(partition, id)
    return member
  }

  /** A member goes. One that will come back keeps its partitions until its session ends. */
  leave(memberId: string, instanceId: string | null, memberEpoch: number): void {
    let member = this.members.get(memberId)
    if (instanceId !== null) {
      member = this.members.get(this.statics.get(instanceId) ?? '')
      this.checkStatic(member, memberId, instanceId)
    }
    if (!member) throw new GroupError('UNKNOWN_MEMBER_ID', `Member ${memberId} is not a member of group ${this.id}.`)
    if (memberEpoch === LEAVING_FOR_NOW) {
      this.settle(member, { ...member.progress, state: 'Stable', epoch: LEAVING_FOR_NOW, revoking: new Set() })
      return
    }
    this.remove(member)
    this.refresh()
  }

  /** Fences a member: it is out, and learns of it with its next heartbeat. */
  private fence(member: ConsumerMember): void {
    if (this.members.get(member.id) !== member) return
    this.remove(member)
    this.refresh()
  }

  private remove(member: ConsumerMember): void {
    member.cancelSession?.()
    member.cancelRevocation?.()
    this.release(member)
    this.members.delete(member.id)
    this.target.delete(member.id)
    this.dirty = true
    if (member.instanceId !== null && this.statics.get(member.instanceId) === member.id) {
      this.statics.delete(member.instanceId)
    }
  }

  private release({ id, progress }: ConsumerMember): void {
    for (const set of [progress.assigned, progress.revoking]) {
      for (const partition of set) if (this.owners.get(partition) === id) this.owners.delete(partition)
    }
  }

  /** Where members, what they want or the topics have changed, the group gets a new epoch and a new assignment. */
  private refresh(): void {
    const version = this.init.topicsVersion()
    if (!this.dirty && version === this.resolvedAt) return
    this.dirty = false
    this.resolvedAt = version
    const wants = [...this.members.values()].map((member) => ({
      member,
      sizes: this.init.resolve(member.topicNames, member.regex, member.sees),
    }))
    const sizes = new Map<string, number>()
    for (const { sizes: own } of wants) for (const [id, count] of own) sizes.set(id, count)
    // Static members count by their instance: one that came back under another id has changed nothing.
    const wanted = JSON.stringify([
      wants
        .filter(({ member }) => member.topicNames.length > 0 || member.regex)
        .map(({ member, sizes: own }) => [
          member.instanceId ?? member.id,
          member.regex,
          ...member.topicNames,
          ...[...own.keys()].sort(),
        ])
        .sort(),
      [...sizes].sort(([a], [b]) => (a < b ? -1 : 1)),
    ])
    if (wanted === this.wanted && this.assignmentEpoch === this.epoch) return
    if (wanted !== this.wanted) this.epoch++
    this.wanted = wanted
    this.assignorName = this.preferredAssignor()
    this.target = ASSIGNORS.get(this.assignorName)!(
      wants.map(({ member, sizes: own }) => ({
        id: member.id,
        instanceId: member.instanceId,
        topics: new Set(own.keys()),
        previous: this.target.get(member.id) ?? new Set<string>(),
      })),
      sizes,
    )
    this.assignmentEpoch = this.epoch
  }

  /** The one that most members ask for; ties go to the first of the server's own list. */
  private preferredAssignor(): string {
    const votes = new Map<string, number>()
    for (const { assignor } of this.members.values()) {
      if (assignor !== null) votes.set(assignor, (votes.get(assignor) ?? 0) + 1)
    }
    const names = [...ASSIGNORS.keys()]
    return names.reduce((best, name) => ((votes.get(name) ?? 0) > (votes.get(best) ?? 0) ? name : best), names[0]!)
  }

  /** Takes one step with a member towards its target. */
  private advance(member: ConsumerMember, owned: ReadonlySet<string> | null): void {
    const isTaken = (partition: string): boolean => (this.owners.get(partition) ?? member.id) !== member.id
    const target = this.target.get(member.id) ?? new Set<string>()
    const next = reconcile(member.progress, { targetEpoch: this.assignmentEpoch, target, owned, isTaken })
    if (next !== member.progress) this.settle(member, next)
  }

  private settle(member: ConsumerMember, next: Progress): void {
    this.release(member)
    if (next.epoch !== member.progress.epoch) member.previousEpoch = member.progress.epoch
    member.progress = next
    for (const set of [next.assigned, next.revoking]) for (const each of set) this.owners.set(each, member.id)
    for (const key of member.since.keys()) if (!next.assigned.has(key)) member.since.delete(key)
    for (const key of next.assigned) if (!member.since.has(key)) member.since.set(key, next.epoch)
    if (next.state !== 'UnrevokedPartitions') {
      member.cancelRevocation?.()
      member.cancelRevocation = null
    } else {
      // It must let go in time, or is taken for gone.
      member.cancelRevocation ??= this.init.clock.after(member.rebalanceTimeoutMs, () => this.fence(member))
    }
  }

  private keepSession(member: ConsumerMember): void {
    member.cancelSession?.()
    member.cancelSession = this.init.clock.after(this.init.sessionTimeoutMs(), () => this.fence(member))
  }

  /** Whether an offset of a partition may be committed by a member of this epoch. An error code. */
  commitProblem(memberId: string, memberEpoch: number, partition: string | null): number {
    if (memberEpoch < 0 && this.members.size === 0) return 0
    const member = this.members.get(memberId)
    if (!member) return errorCode('UNKNOWN_MEMBER_ID')
    if (memberEpoch === member.progress.epoch) return 0
    const since = partition === null ? undefined : member.since.get(partition)
    const good = since !== undefined && memberEpoch >= since && memberEpoch < member.progress.epoch
    return good ? 0 : errorCode('STALE_MEMBER_EPOCH')
  }

  /** Whether a member of this epoch may ask for offsets; who is no member gives null and -1. An error code. */
  fetchProblem(memberId: string | null, memberEpoch: number): number {
    if (memberId === null && memberEpoch < 0) return 0
    const member = this.members.get(memberId ?? '')
    if (!member) return errorCode('UNKNOWN_MEMBER_ID')
    return memberEpoch === member.progress.epoch ? 0 : errorCode('STALE_MEMBER_EPOCH')
  }

  /** Whether any member has subscribed to the topic of this name (by name, not by expression). */
  subscribes(topicName: string): boolean {
    return [...this.members.values()].some((member) => member.topicNames.includes(topicName))
  }

  /** Ends all timers. */
  close(): void {
    for (const member of this.members.values()) {
      member.cancelSession?.()
      member.cancelRevocation?.()
    }
  }
}

/** A member may repeat the epoch before, when the answer that raised it was lost; then it must own nothing more. */
function checkEpoch(member: ConsumerMember, { memberEpoch, owned }: Beat): void {
  const { epoch, assigned } = member.progress
  if (memberEpoch === epoch) return
  const lostAnswer =
    memberEpoch === member.previousEpoch && owned !== null && [...owned].every((key) => assigned.has(key))
  if (memberEpoch < epoch && lostAnswer) return
  const how = memberEpoch > epoch ? 'greater' : 'smaller'
  throw new GroupError(
    'FENCED_MEMBER_EPOCH',
    `The consumer group member has a ${how} member epoch (${memberEpoch}) than the one known by the group coordinator (${epoch}). The member must abandon all its partitions and rejoin.`,
  )
}

/** Returns whether what it wants to read may have changed. */
function update(member: ConsumerMember, beat: Beat): boolean {
  member.clientId = beat.clientId
  member.clientHost = beat.clientHost
  member.rackId = beat.rackId ?? member.rackId
  member.assignor = beat.assignor ?? member.assignor
  if (beat.rebalanceTimeoutMs !== -1) member.rebalanceTimeoutMs = beat.rebalanceTimeoutMs
  if (beat.topicNames) member.topicNames = [...new Set(beat.topicNames)].sort()
  if (beat.regex !== null) member.regex = beat.regex
  member.sees = beat.sees ?? member.sees
  return beat.topicNames !== null || beat.regex !== null
}

export const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((each) => b.has(each))
