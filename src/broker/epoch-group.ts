/**
 * A group whose members heartbeat and are led to an assignment that is made here, each by steps of its own (KIP-848,
 * KIP-1071), as Apache Kafka's GroupMetadataManager runs it. Its epoch rises with every change that calls for another
 * assignment. What members want, and who can have what, is a subclass's. Times are milliseconds; timers come from the
 * clock that is given.
 */
import { errorCode } from '../../dissectors/errors.ts'
import type { Assignment } from './assignors.ts'
import type { Clock } from './clock.ts'
import { type Progress, reconcile } from './reconcile.ts'

/** Epochs that say that a member goes: for good, or, being static, to come back. */
export const LEAVING = -1
export const LEAVING_FOR_NOW = -2

/** An error to answer with. */
export class GroupError extends Error {
  readonly code: number
  constructor(name: string, message: string) {
    super(message)
    this.code = errorCode(name)
  }
}

export interface EpochMember {
  readonly id: string
  readonly instanceId: string | null
  rackId: string | null
  clientId: string
  clientHost: string
  rebalanceTimeoutMs: number
  previousEpoch: number
  progress: Progress
  /** Epochs from which on the member has each part: commits of that epoch are as good (KIP-1251). */
  since: Map<string, number>
  cancelSession: (() => void) | null
  cancelRevocation: (() => void) | null
}

/** What every heartbeat says. Null: as before. */
export interface EpochBeat {
  readonly memberId: string
  readonly memberEpoch: number
  readonly instanceId: string | null
  readonly rackId: string | null
  readonly rebalanceTimeoutMs: number
  /** Keys of the parts that the member has. */
  readonly owned: ReadonlySet<string> | null
  readonly clientId: string
  readonly clientHost: string
}

export interface EpochGroupInit {
  readonly id: string
  readonly clock: Clock
  /** Asked anew each time: it can be configured while the group lives. */
  readonly sessionTimeoutMs: () => number
  readonly maxSize: number
}

/** `M`: its members, `B`: their heartbeats. What is assigned are parts of the work, named by keys. */
export abstract class EpochGroup<M extends EpochMember, B extends EpochBeat> {
  readonly id: string
  epoch = 1
  assignmentEpoch = 0
  readonly members = new Map<string, M>()
  target: Assignment = new Map()
  /** Members have come, gone, or want something else. */
  protected dirty = false
  protected readonly clock: Clock
  /** As messages name such a group. */
  protected abstract readonly kind: string
  /** Who has a part, or has not yet given it up. */
  private readonly owners = new Map<string, Set<string>>()
  private readonly statics = new Map<string, string>()
  private readonly limits: EpochGroupInit

  constructor(init: EpochGroupInit) {
    this.limits = init
    this.clock = init.clock
    this.id = init.id
  }

  /** What only members of this kind have, of one that is new. */
  protected abstract create(common: EpochMember, beat: B): M

  /** Where something has changed, the group gets a new epoch and a new assignment. */
  protected abstract refresh(): void

  /** Whether a part can't be given to the member yet. */
  protected isTaken(part: string, member: M): boolean {
    return this.ownersOf(part).some((id) => id !== member.id)
  }

  protected ownersOf(part: string): string[] {
    return [...(this.owners.get(part) ?? [])]
  }

  /** Whether all members have what they shall have. */
  protected get isSettled(): boolean {
    return [...this.members.values()].every(
      ({ progress }) => progress.state === 'Stable' && progress.epoch === this.assignmentEpoch,
    )
  }

  /** The member that a heartbeat is of, made where it joins. Throws GroupError. */
  protected memberFor(beat: B): M {
    return beat.instanceId === null ? this.dynamicMember(beat) : this.staticMember(beat, beat.instanceId)
  }

  private dynamicMember(beat: B): M {
    const member = this.members.get(beat.memberId)
    if (beat.memberEpoch === 0) return member ?? this.add(beat)
    if (!member)
      throw new GroupError('UNKNOWN_MEMBER_ID', `Member ${beat.memberId} is not a member of group ${this.id}.`)
    this.checkEpoch(member, beat)
    return member
  }

  private staticMember(beat: B, instanceId: string): M {
    const known = this.staticOf(instanceId)
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
    this.checkEpoch(known!, beat)
    return known!
  }

  private checkStatic(known: M | undefined, memberId: string, instanceId: string): void {
    if (!known) throw new GroupError('UNKNOWN_MEMBER_ID', `Instance id ${instanceId} is unknown.`)
    if (known.id !== memberId) {
      throw new GroupError(
        'FENCED_INSTANCE_ID',
        `Static member ${memberId} with instance id ${instanceId} was fenced by member ${known.id}.`,
      )
    }
  }

  /** Takes a member with all that it has. */
  protected adopt(member: M): void {
    // Whoever has the id under another instance id, or none, is not there any more.
    const namesake = this.members.get(member.id)
    if (namesake) this.remove(namesake)
    this.members.set(member.id, member)
    if (member.instanceId !== null) this.statics.set(member.instanceId, member.id)
    for (const part of member.progress.assigned) this.own(part, member.id)
    this.dirty = true
  }

  /** The static member of this instance id. */
  staticOf(instanceId: string | null): M | undefined {
    return instanceId === null ? undefined : this.members.get(this.statics.get(instanceId) ?? '')
  }

  /** A static member has gone: it, or another one in its place, may come back for what it has. */
  protected giveUp(member: M): void {
    this.settle(member, { ...member.progress, state: 'Stable', epoch: LEAVING_FOR_NOW, revoking: new Set() })
  }

  private add(beat: B): M {
    if (this.members.size >= this.limits.maxSize) {
      throw new GroupError(
        'GROUP_MAX_SIZE_REACHED',
        `The ${this.kind} group has reached its maximum capacity of ${this.limits.maxSize} members.`,
      )
    }
    const common: EpochMember = {
      id: beat.memberId,
      instanceId: beat.instanceId,
      rackId: null,
      clientId: beat.clientId,
      clientHost: beat.clientHost,
      rebalanceTimeoutMs: beat.rebalanceTimeoutMs,
      previousEpoch: 0,
      progress: { state: 'Stable', epoch: 0, assigned: new Set(), revoking: new Set() },
      since: new Map(),
      cancelSession: null,
      cancelRevocation: null,
    }
    const member = this.create(common, beat)
    this.adopt(member)
    return member
  }

  /** KIP-345: a static member has come back under another id; what it had is its own again. */
  private replace(old: M, id: string): M {
    const member: M = { ...old, id, previousEpoch: 0, progress: { ...old.progress, epoch: 0 } }
    const target = this.target.get(old.id)
    this.remove(old)
    member.cancelSession = null
    member.cancelRevocation = null
    this.adopt(member)
    if (target) this.target.set(id, target)
    return member
  }

  /** A member goes. One that will come back keeps its partitions until its session ends. */
  leave(memberId: string, instanceId: string | null, memberEpoch: number): void {
    let member = this.members.get(memberId)
    if (instanceId !== null) {
      member = this.staticOf(instanceId)
      this.checkStatic(member, memberId, instanceId)
    }
    if (!member) throw new GroupError('UNKNOWN_MEMBER_ID', `Member ${memberId} is not a member of group ${this.id}.`)
    if (memberEpoch === LEAVING_FOR_NOW) {
      this.giveUp(member)
      return
    }
    this.remove(member)
    if (!this.isOver()) this.refresh()
  }

  /** Asked when a member has gone: whether the group is at its end, as its members go on in another one. */
  protected isOver(): boolean {
    return false
  }

  /** Fences a member: it is out, and learns of it with its next heartbeat. */
  protected fence(member: M): void {
    if (this.members.get(member.id) !== member) return
    this.remove(member)
    if (!this.isOver()) this.refresh()
  }

  protected remove(member: M): void {
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

  private own(part: string, memberId: string): void {
    const owners = this.owners.get(part)
    if (owners) owners.add(memberId)
    else this.owners.set(part, new Set([memberId]))
  }

  private release({ id, progress }: M): void {
    for (const set of [progress.assigned, progress.revoking]) {
      for (const part of set) {
        const owners = this.owners.get(part)
        owners?.delete(id)
        if (owners?.size === 0) this.owners.delete(part)
      }
    }
  }

  /** Takes one step with a member towards its target. */
  protected advance(member: M, owned: ReadonlySet<string> | null): void {
    const isTaken = (part: string): boolean => this.isTaken(part, member)
    const target = this.target.get(member.id) ?? new Set<string>()
    const next = reconcile(member.progress, { targetEpoch: this.assignmentEpoch, target, owned, isTaken })
    if (next !== member.progress) this.settle(member, next)
  }

  private settle(member: M, next: Progress): void {
    this.release(member)
    if (next.epoch !== member.progress.epoch) member.previousEpoch = member.progress.epoch
    member.progress = next
    for (const set of [next.assigned, next.revoking]) for (const part of set) this.own(part, member.id)
    for (const key of member.since.keys()) if (!next.assigned.has(key)) member.since.delete(key)
    for (const key of next.assigned) if (!member.since.has(key)) member.since.set(key, next.epoch)
    if (next.state !== 'UnrevokedPartitions') {
      member.cancelRevocation?.()
      member.cancelRevocation = null
    } else {
      // It must let go in time, or is taken for gone.
      member.cancelRevocation ??= this.clock.after(member.rebalanceTimeoutMs, () => this.fence(member))
    }
  }

  protected sessionTimeoutOf(_member: M): number {
    return this.limits.sessionTimeoutMs()
  }

  protected keepSession(member: M): void {
    member.cancelSession?.()
    member.cancelSession = this.clock.after(this.sessionTimeoutOf(member), () => this.fence(member))
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

  /** Ends all timers. */
  close(): void {
    for (const member of this.members.values()) {
      member.cancelSession?.()
      member.cancelRevocation?.()
    }
  }

  /** A member may repeat the epoch before, when the answer that raised it was lost; then it must own nothing more. */
  private checkEpoch(member: M, { memberEpoch, owned }: B): void {
    const { epoch, assigned } = member.progress
    if (memberEpoch === epoch) return
    const lostAnswer =
      memberEpoch === member.previousEpoch && owned !== null && [...owned].every((key) => assigned.has(key))
    if (memberEpoch < epoch && lostAnswer) return
    const how = memberEpoch > epoch ? 'greater' : 'smaller'
    throw new GroupError(
      'FENCED_MEMBER_EPOCH',
      `The ${this.kind} group member has a ${how} member epoch (${memberEpoch}) than the one known by the group coordinator (${epoch}). The member must abandon all its partitions and rejoin.`,
    )
  }
}

/** Takes over what every heartbeat says of a member. */
export function updateCommon(member: EpochMember, beat: EpochBeat): void {
  member.clientId = beat.clientId
  member.clientHost = beat.clientHost
  member.rackId = beat.rackId ?? member.rackId
  if (beat.rebalanceTimeoutMs !== -1) member.rebalanceTimeoutMs = beat.rebalanceTimeoutMs
}

export const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((each) => b.has(each))
