/** One group of the consumer protocol (KIP-848): what its members subscribe to, and how that is shared out. */

import { errorCode } from '../../dissectors/errors.ts'
import { ASSIGNORS, type TopicSizes } from './assignors.ts'
import {
  type EpochBeat,
  EpochGroup,
  type EpochGroupInit,
  type EpochMember,
  LEAVING_FOR_NOW,
  sameSet,
  updateCommon,
} from './epoch-group.ts'
import { type GroupProtocol, protocolBytes } from './members.ts'

export interface ConsumerMember extends EpochMember {
  topicNames: readonly string[]
  /** RE2 syntax; null or empty for none. */
  regex: string | null
  /** The expression came with the heartbeat that is being answered: as in Apache Kafka it counts from the next one on. */
  regexIsNew?: boolean
  /** Of the topics that the expression stands for, those that it may know of. */
  sees: (topicName: string) => boolean
  assignor: string | null
  /** Where it speaks the classic protocol in a group that others have brought to the new one. */
  classic: Classic | null
  cancelJoin: (() => void) | null
}

/** Of a member that joins, syncs and heartbeats as in a classic group: its generations are its epochs. */
export interface Classic {
  readonly sessionTimeoutMs: number
  readonly protocols: readonly GroupProtocol[]
}

/** What a group was before: a classic one, of this generation. */
export interface Origin {
  readonly generation: number
  readonly members: readonly ConsumerMember[]
}

/** What a heartbeat says. Null: as before. Parts are partitions, by their keys. */
export interface Beat extends EpochBeat {
  readonly topicNames: readonly string[] | null
  readonly regex: string | null
  /** Topics that the member may know of; default all. */
  readonly sees?: (topicName: string) => boolean
  readonly assignor: string | null
}

export interface ConsumerGroupInit extends EpochGroupInit {
  /** The topics, by id, that a member wants and that there are, with their sizes. */
  readonly resolve: (names: readonly string[], regex: string | null, sees: (topicName: string) => boolean) => TopicSizes
  /** Told when only members of the classic protocol are left. */
  readonly onlyClassic?: (group: ConsumerGroup) => void
  /** Another number whenever topics or their sizes have changed. */
  readonly topicsVersion: () => number
}

export class ConsumerGroup extends EpochGroup<ConsumerMember, Beat> {
  /** Of the last assignment. */
  assignorName = 'uniform'
  protected readonly kind = 'consumer'
  private readonly init: ConsumerGroupInit
  /** What members want, as it was when the epoch last rose. */
  private wanted = '[[],[]]'
  private resolvedAt = -1

  constructor(init: ConsumerGroupInit) {
    super(init)
    this.init = init
  }

  /** GroupState of the consumer protocol; Assigning is never seen, as assignments are made at once. */
  get state(): 'Empty' | 'Reconciling' | 'Stable' {
    if (this.members.size === 0) return 'Empty'
    return this.isSettled ? 'Stable' : 'Reconciling'
  }

  /** Bytes that members say of themselves. */
  get bytes(): number {
    let sum = 0
    for (const { topicNames, regex, classic } of this.members.values()) {
      sum += topicNames.reduce((all, name) => all + name.length + 8, (regex ?? '').length)
      sum += protocolBytes(classic?.protocols ?? [])
    }
    return sum
  }

  /** A heartbeat that is no leaving. Returns the member, and whether it must be told its assignment. */
  heartbeat(beat: Beat): { member: ConsumerMember; tell: boolean } {
    const member = this.memberFor(beat)
    member.classic = null
    joined(member)
    const before = member.progress
    if (update(member, beat)) this.dirty = true
    this.refresh()
    this.advance(member, beat.owned)
    this.keepSession(member)
    const full = beat.rebalanceTimeoutMs !== -1 && (beat.topicNames ?? beat.regex) !== null && beat.owned !== null
    const tell = beat.memberEpoch === 0 || full || !sameSet(before.assigned, member.progress.assigned)
    if (member.regexIsNew) {
      member.regexIsNew = false
      this.dirty = true
    }
    return { member, tell }
  }

  protected create(common: EpochMember): ConsumerMember {
    const nothing = { topicNames: [], regex: null, assignor: null, classic: null, cancelJoin: null }
    return { ...common, ...nothing, sees: () => true }
  }

  /** Where members, what they want or the topics have changed, the group gets a new epoch and a new assignment. */
  protected refresh(): void {
    const version = this.init.topicsVersion()
    if (!this.dirty && version === this.resolvedAt) return
    this.dirty = false
    this.resolvedAt = version
    const wants = [...this.members.values()].map((member) => ({
      member,
      sizes: this.init.resolve(member.topicNames, regexOf(member), member.sees),
    }))
    const sizes = new Map<string, number>()
    for (const { sizes: own } of wants) for (const [id, count] of own) sizes.set(id, count)
    // Static members count by their instance: one that came back under another id has changed nothing.
    const wanted = JSON.stringify([
      wants
        .filter(({ member }) => member.topicNames.length > 0 || regexOf(member))
        .map(({ member, sizes: own }) => [
          member.instanceId ?? member.id,
          regexOf(member),
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

  /** Goes on with the members of a classic group: what they have is what they shall have, until the next change. */
  inherit({ generation, members }: Origin): void {
    this.epoch = generation
    this.assignmentEpoch = generation
    for (const member of members) {
      this.adopt(member)
      this.target.set(member.id, new Set(member.progress.assigned))
      this.keepSession(member)
    }
  }

  /** JoinGroup of a member that speaks the classic protocol. Throws GroupError. */
  joinClassic(beat: Beat, classic: Classic): ConsumerMember {
    const known = this.staticOf(beat.instanceId)
    if (known && known.id !== beat.memberId) this.giveUp(known)
    // A static one that joins again is still there; only of the new protocol's Apache Kafka wants it to have left first.
    const isStill = known?.id === beat.memberId && known.progress.epoch !== LEAVING_FOR_NOW
    const member = isStill ? known : this.memberFor({ ...beat, memberEpoch: 0 })
    member.classic = classic
    joined(member)
    update(member, beat)
    this.dirty = true
    this.refresh()
    this.advance(member, beat.owned)
    this.keepSession(member)
    return member
  }

  /** Whether a request is of a member of the classic protocol, and of its generation. An error code. */
  classicProblem(memberId: string, instanceId: string | null, generation: number): number {
    if (instanceId !== null) {
      const known = this.staticOf(instanceId)
      if (!known) return errorCode('UNKNOWN_MEMBER_ID')
      if (known.id !== memberId) return errorCode('FENCED_INSTANCE_ID')
    }
    const member = this.members.get(memberId)
    if (!member?.classic) return errorCode('UNKNOWN_MEMBER_ID')
    return member.progress.epoch === generation ? 0 : errorCode('ILLEGAL_GENERATION')
  }

  /** Heartbeat of such a member: it must join again to give something up, or to get more. An error code. */
  heartbeatClassic(member: ConsumerMember): number {
    this.keepSession(member)
    this.refresh()
    const { state, epoch, assigned } = member.progress
    const wanting = [...(this.target.get(member.id) ?? [])].filter((part) => !assigned.has(part))
    const free = state === 'UnreleasedPartitions' && wanting.some((part) => !this.isTaken(part, member))
    return epoch < this.assignmentEpoch || state === 'UnrevokedPartitions' || free ? this.askToJoin(member) : 0
  }

  /** It must come in time, or is taken for gone. */
  askToJoin(member: ConsumerMember): number {
    member.cancelJoin ??= this.clock.after(member.rebalanceTimeoutMs, () => {
      member.cancelJoin = null
      this.fence(member)
    })
    return errorCode('REBALANCE_IN_PROGRESS')
  }

  protected override sessionTimeoutOf(member: ConsumerMember): number {
    return member.classic?.sessionTimeoutMs ?? super.sessionTimeoutOf(member)
  }

  protected override isOver(): boolean {
    const members = [...this.members.values()]
    if (members.length === 0 || !this.init.onlyClassic || members.some(({ classic }) => classic === null)) return false
    this.init.onlyClassic(this)
    return true
  }

  override commitProblem(memberId: string, memberEpoch: number, partition: string | null): number {
    const member = this.members.get(memberId)
    if (!member?.classic) return super.commitProblem(memberId, memberEpoch, partition)
    return memberEpoch === member.progress.epoch ? 0 : errorCode('ILLEGAL_GENERATION')
  }

  protected override remove(member: ConsumerMember): void {
    joined(member)
    super.remove(member)
  }

  override close(): void {
    super.close()
    for (const { cancelJoin } of this.members.values()) cancelJoin?.()
  }

  /** Whether any member has subscribed to the topic of this name (by name, not by expression). */
  subscribes(topicName: string): boolean {
    return [...this.members.values()].some((member) => member.topicNames.includes(topicName))
  }
}

/** What of its expression counts. */
const regexOf = ({ regex, regexIsNew }: ConsumerMember): string | null => (regexIsNew ? null : regex)

/** It need not join any more. */
function joined(member: ConsumerMember): void {
  member.cancelJoin?.()
  member.cancelJoin = null
}

/** Returns whether what it wants to read may have changed. */
function update(member: ConsumerMember, beat: Beat): boolean {
  updateCommon(member, beat)
  member.assignor = beat.assignor ?? member.assignor
  if (beat.topicNames) member.topicNames = [...new Set(beat.topicNames)].sort()
  if (beat.regex !== null) {
    member.regexIsNew = beat.regex !== '' && beat.regex !== member.regex
    member.regex = beat.regex
  }
  member.sees = beat.sees ?? member.sees
  return beat.topicNames !== null || beat.regex !== null
}
