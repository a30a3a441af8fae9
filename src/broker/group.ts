/**
 * One consumer group of the classic protocol, as Apache Kafka's GroupCoordinator runs it.
 *
 *     Empty ──join──▶ PreparingRebalance ──all joined, or time is up──▶ CompletingRebalance ──leader's sync──▶ Stable
 *       ▲                  ▲      │ nobody joined                            │ join, leave, session timeout     │
 *       └──────────────────┼──────┘                                          ▼                                 │
 *                          └─────────────────────────────────────────────────┴─────────────────────────────────┘
 *
 * Joins and syncs that wait for other members are answered by a callback, `later`.
 */
import { errorCode } from '../../dissectors/errors.ts'
import type { Clock } from './clock.ts'
import {
  EMPTY,
  type GroupProtocol,
  type JoinAnswer,
  type Member,
  type MemberInit,
  Members,
  type SyncAnswer,
  sameProtocols,
} from './members.ts'

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

/** A member that has never had an answer may be away this long (GroupCoordinator.NewMemberJoinTimeoutMs). */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 300_000

const REBALANCE_IN_PROGRESS = errorCode('REBALANCE_IN_PROGRESS')
const UNKNOWN_MEMBER_ID = errorCode('UNKNOWN_MEMBER_ID')
const FENCED_INSTANCE_ID = errorCode('FENCED_INSTANCE_ID')

type Later<T> = (answer: T) => void

export interface Join extends MemberInit {
  readonly memberId: string
  readonly protocolType: string
  /** KIP-394: a dynamic member without an id is given one and told to come back with it. */
  readonly requireMemberId: boolean
  /** KIP-814: a static leader that came back may be told to skip the assignment. */
  readonly canSkipAssignment: boolean
}

export interface Sync {
  readonly memberId: string
  readonly instanceId: string | null
  readonly generationId: number
  /** Undefined or null where the version has none, or the client does not say. */
  readonly protocolType: string | null | undefined
  readonly protocolName: string | null | undefined
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[]
}

/** A member of a group that has become this one. */
export interface Inherited extends MemberInit {
  readonly id: string
  readonly assignment: Uint8Array
}

export interface GroupOptions {
  readonly initialRebalanceDelayMs: number
  readonly groupMaxSize: number
}

export const failedJoin = (errorCode: number, memberId: string): JoinAnswer => ({
  errorCode,
  generationId: -1,
  protocolType: null,
  protocolName: null,
  leader: '',
  skipAssignment: false,
  memberId,
  members: [],
})

export const failedSync = (errorCode: number): SyncAnswer => ({
  errorCode,
  protocolType: null,
  protocolName: null,
  assignment: EMPTY,
})

export class Group {
  readonly id: string
  state: GroupState = 'Empty'
  generation = 0
  protocolType: string | null = null
  protocolName: string | null = null
  readonly members = new Members()
  private readonly clock: Clock
  private readonly options: GroupOptions
  private readonly newMemberId: (prefix: string) => string
  /** Ends the wait for joins, or for syncs, whichever goes on. */
  private cancelWait: (() => void) | null = null
  /** The first rebalance waits its whole delay, though all that are known may have joined. */
  private initialDelay = false
  private memberAddedInDelay = false
  private readonly bugs: ReadonlySet<string>

  /** `bugs`: names of bugs to plant, of `src/bugs/coordination.ts`. */
  constructor(
    id: string,
    options: GroupOptions,
    clock: Clock,
    newMemberId: (prefix: string) => string,
    bugs: ReadonlySet<string> = new Set(),
  ) {
    this.id = id
    this.options = options
    this.clock = clock
    this.newMemberId = newMemberId
    this.bugs = bugs
  }

  /** Returns the answer; or null: it goes to `later`, which may have been called already. */
  join(join: Join, later: Later<JoinAnswer>): JoinAnswer | null {
    const problem = this.joinProblem(join)
    if (problem !== 0) return failedJoin(problem, join.memberId)
    return join.memberId === '' ? this.joinWithoutId(join, later) : this.joinWithId(join, later)
  }

  /** The error of a join that can't be, whoever it is that joins; 0 where there is none. */
  private joinProblem(join: Join): number {
    if (this.state === 'Dead') return errorCode('COORDINATOR_NOT_AVAILABLE')
    const known = this.members.get(join.memberId) ?? this.members.idOfInstance(join.instanceId)
    if (!known && !this.members.pending.has(join.memberId)) {
      if (this.members.size + this.members.pending.size >= this.options.groupMaxSize) {
        return errorCode('GROUP_MAX_SIZE_REACHED')
      }
    }
    const fits =
      this.members.size === 0
        ? join.protocolType !== '' && join.protocols.length > 0
        : join.protocolType === this.protocolType && this.members.supports(join.protocols)
    return fits ? 0 : errorCode('INCONSISTENT_GROUP_PROTOCOL')
  }

  private joinWithoutId(join: Join, later: Later<JoinAnswer>): JoinAnswer | null {
    const id = this.newMemberId(join.instanceId ?? join.clientId)
    const staticId = this.members.idOfInstance(join.instanceId)
    if (staticId !== undefined) return this.replaceStatic(this.members.get(staticId)!, id, join, later)
    if (join.instanceId !== null || !join.requireMemberId) return this.addMember(id, join, later)
    const cancel = this.clock.after(join.sessionTimeoutMs, () => {
      this.members.pending.delete(id)
      this.maybeCompleteJoin()
    })
    this.members.pending.set(id, cancel)
    return failedJoin(errorCode('MEMBER_ID_REQUIRED'), id)
  }

  private joinWithId(join: Join, later: Later<JoinAnswer>): JoinAnswer | null {
    if (join.instanceId === null && this.members.pending.has(join.memberId)) {
      return this.addMember(join.memberId, join, later)
    }
    const problem = this.memberProblem(join.memberId, join.instanceId)
    if (problem !== 0) return failedJoin(problem, join.memberId)
    const member = this.members.get(join.memberId)!
    const same = sameProtocols(member.protocols, join.protocols)
    switch (this.state) {
      case 'PreparingRebalance':
        return this.rejoin(member, join, later)
      case 'CompletingRebalance':
        // It did not get the answer to this generation's join: it gets it again.
        return same ? this.currentJoin(member, this.membersFor(member)) : this.rejoin(member, join, later)
      case 'Stable':
        // The leader joins again when what it assigns has changed; a follower may just not have got its answer.
        if (member.id === this.members.leaderId || !same) return this.rejoin(member, join, later)
        return this.currentJoin(member, [])
      default:
        return failedJoin(UNKNOWN_MEMBER_ID, join.memberId)
    }
  }

  private addMember(id: string, join: Join, later: Later<JoinAnswer>): null {
    this.members.pending.get(id)?.()
    this.members.pending.delete(id)
    if (this.members.size === 0) this.protocolType = join.protocolType
    if (this.initialDelay && this.generation === 0) this.memberAddedInDelay = true
    const member = this.members.add(id, join)
    member.joining = later
    this.resetSession(member, NEW_MEMBER_JOIN_TIMEOUT_MS)
    this.rebalance()
    return null
  }

  private rejoin(member: Member, join: Join, later: Later<JoinAnswer>): null {
    this.members.update(member, join)
    member.joining?.(failedJoin(REBALANCE_IN_PROGRESS, member.id))
    member.joining = later
    this.rebalance()
    return null
  }

  /** KIP-345: a static member was started again. Its predecessor is fenced off; the group may not notice. */
  private replaceStatic(member: Member, id: string, join: Join, later: Later<JoinAnswer>): JoinAnswer | null {
    const leaderBefore = this.members.leaderId ?? ''
    this.answerWaiting(member, FENCED_INSTANCE_ID)
    this.members.rename(member, id)
    this.members.update(member, join)
    this.resetSession(member)
    if (this.state === 'Stable' && this.members.selectProtocol() === this.protocolName) {
      const skipAssignment = this.members.leaderId === id && join.canSkipAssignment
      const current = this.currentJoin(member, skipAssignment ? this.membersFor(member) : [])
      // Without KIP-814 it is named as if it did not lead, so that it takes its old assignment.
      return { ...current, leader: join.canSkipAssignment ? current.leader : leaderBefore, skipAssignment }
    }
    member.joining = later
    this.rebalance()
    return null
  }

  /** Begins a rebalance, or, where one goes on, sees whether it is complete. */
  private rebalance(): void {
    if (this.state === 'PreparingRebalance') {
      if (this.bugs.has('early-join')) this.completeJoin(true)
      else this.maybeCompleteJoin()
      return
    }
    if (this.state === 'CompletingRebalance') {
      for (const member of this.members.all()) {
        member.assignment = EMPTY
        // Its session may have run out, unnoticed, while it waited.
        this.resetSession(member)
        this.answerSync(member, failedSync(REBALANCE_IN_PROGRESS))
      }
    }
    const first = this.state === 'Empty'
    this.state = 'PreparingRebalance'
    const timeout = this.members.rebalanceTimeoutMs()
    if (this.bugs.has('early-join')) this.completeJoin(true)
    else if (first) {
      const delay = this.options.initialRebalanceDelayMs
      this.delayFirst(delay, Math.max(0, timeout - delay))
    } else {
      this.wait(timeout, () => this.completeJoin())
      this.maybeCompleteJoin()
    }
  }

  private wait(ms: number, then: () => void): void {
    this.cancelWait?.()
    this.cancelWait = this.clock.after(ms, () => {
      this.cancelWait = null
      then()
    })
  }

  /** Prolonged while members keep coming, up to the rebalance timeout. */
  private delayFirst(delay: number, left: number): void {
    this.initialDelay = true
    this.memberAddedInDelay = false
    this.wait(delay, () => {
      this.initialDelay = false
      const next = Math.min(this.options.initialRebalanceDelayMs, left)
      if (this.memberAddedInDelay && next > 0) this.delayFirst(next, left - next)
      else this.completeJoin()
    })
  }

  private maybeCompleteJoin(): void {
    if (this.state !== 'PreparingRebalance' || this.initialDelay || this.members.pending.size > 0) return
    if (this.members.awaitingJoin() === this.members.size) this.completeJoin()
  }

  /** All have joined, or their time is up: a new generation of those that have. `early`: nobody was waited for. */
  private completeJoin(early = false): void {
    this.cancelWait?.()
    this.cancelWait = null
    for (const member of early ? [] : this.members.all()) {
      if (!member.joining && member.instanceId === null) this.members.remove(member)
    }
    if (this.members.size > 0 && !this.members.electJoinedLeader()) {
      // Only static members are left, none of which has joined: their sessions will end, or they will come.
      this.wait(this.members.rebalanceTimeoutMs(), () => this.completeJoin())
      return
    }
    this.generation++
    if (this.members.size === 0) {
      this.protocolName = null
      this.state = 'Empty'
      return
    }
    this.protocolName = this.members.selectProtocol()
    this.state = 'CompletingRebalance'
    const timeout = this.members.rebalanceTimeoutMs()
    for (const member of this.members.all()) {
      const answer = member.joining
      member.joining = null
      member.isNew = false
      this.resetSession(member)
      answer?.(this.currentJoin(member, this.membersFor(member)))
    }
    this.wait(timeout, () => this.syncsOverdue())
  }

  /** Time is up for the syncs: members that sent none are gone. */
  private syncsOverdue(): void {
    if (this.state !== 'CompletingRebalance') return
    for (const member of this.members.all()) if (!member.syncing) this.members.remove(member)
    this.rebalance()
  }

  private currentJoin(member: Member, members: JoinAnswer['members']): JoinAnswer {
    return {
      errorCode: 0,
      generationId: this.generation,
      protocolType: this.protocolType,
      protocolName: this.protocolName,
      leader: this.members.leaderId ?? '',
      skipAssignment: false,
      memberId: member.id,
      members,
    }
  }

  /** The leader is told of all members and their metadata, the others of none. */
  private membersFor(member: Member): JoinAnswer['members'] {
    if (member.id !== this.members.leaderId) return []
    return this.members.all().map(({ id, instanceId, protocols }) => ({
      memberId: id,
      groupInstanceId: instanceId,
      metadata: metadataOf(protocols, this.protocolName),
    }))
  }

  /** As for `join`. */
  sync(sync: Sync, later: Later<SyncAnswer>): SyncAnswer | null {
    const problem = this.syncProblem(sync)
    if (problem !== 0) return failedSync(problem)
    const member = this.members.get(sync.memberId)!
    if (this.state === 'PreparingRebalance') return failedSync(REBALANCE_IN_PROGRESS)
    if (this.state === 'Stable') {
      this.resetSession(member)
      return this.currentSync(member)
    }
    if (this.bugs.has('early-sync') && member.id !== this.members.leaderId) return this.currentSync(member)
    member.syncing?.(failedSync(REBALANCE_IN_PROGRESS))
    member.syncing = later
    if (member.id !== this.members.leaderId) return null
    const assignments = new Map(sync.assignments.map((entry) => [entry.memberId, entry.assignment]))
    this.state = 'Stable'
    this.cancelWait?.()
    this.cancelWait = null
    for (const each of this.members.all()) {
      each.assignment = assignments.get(each.id) ?? EMPTY
      this.resetSession(each)
      this.answerSync(each, this.currentSync(each))
    }
    return null
  }

  private syncProblem(sync: Sync): number {
    if (this.state === 'Dead') return errorCode('COORDINATOR_NOT_AVAILABLE')
    const problem = this.memberProblem(sync.memberId, sync.instanceId)
    if (problem !== 0) return problem
    if (sync.generationId !== this.generation) return errorCode('ILLEGAL_GENERATION')
    const otherType = sync.protocolType != null && sync.protocolType !== this.protocolType
    const otherName = sync.protocolName != null && sync.protocolName !== this.protocolName
    if (otherType || otherName) return errorCode('INCONSISTENT_GROUP_PROTOCOL')
    return this.state === 'Empty' ? UNKNOWN_MEMBER_ID : 0
  }

  private currentSync(member: Member): SyncAnswer {
    const { protocolType, protocolName } = this
    return { errorCode: 0, protocolType, protocolName, assignment: member.assignment }
  }

  private answerSync(member: Member, answer: SyncAnswer): void {
    const waiting = member.syncing
    member.syncing = null
    waiting?.(answer)
  }

  /** The error of a request that names a member; 0 where it is one. */
  private memberProblem(memberId: string, instanceId: string | null): number {
    if (instanceId !== null) {
      const staticId = this.members.idOfInstance(instanceId)
      if (staticId === undefined) return UNKNOWN_MEMBER_ID
      if (staticId !== memberId) return FENCED_INSTANCE_ID
    }
    return this.members.get(memberId) ? 0 : UNKNOWN_MEMBER_ID
  }

  /** Returns an error code. */
  heartbeat(memberId: string, instanceId: string | null, generationId: number): number {
    const problem = this.memberProblem(memberId, instanceId)
    if (problem !== 0) return problem
    if (generationId !== this.generation) return errorCode('ILLEGAL_GENERATION')
    this.resetSession(this.members.get(memberId)!)
    return this.state === 'PreparingRebalance' ? REBALANCE_IN_PROGRESS : 0
  }

  /** A member leaves, or is sent away by its instance id (KIP-345), then `memberId` may be empty. Returns an error code. */
  leave(memberId: string, instanceId: string | null): number {
    const cancelPending = this.members.pending.get(memberId)
    if (cancelPending) {
      cancelPending()
      this.members.pending.delete(memberId)
      this.maybeCompleteJoin()
      return 0
    }
    const id = memberId === '' ? (this.members.idOfInstance(instanceId) ?? '') : memberId
    const problem = this.memberProblem(id, instanceId)
    if (problem === 0) this.remove(this.members.get(id)!)
    return problem
  }

  /**
   * Whether offsets may be committed by this member of this generation; one below 0 is of a client that is in no
   * group. Returns an error code.
   */
  commitProblem(memberId: string, instanceId: string | null, generationId: number, inTransaction = false): number {
    if (this.state === 'Dead') return errorCode('COORDINATOR_NOT_AVAILABLE')
    if (generationId < 0 && this.state === 'Empty') return 0
    const nobody = generationId < 0 && memberId === '' && instanceId === null
    // Before KIP-447 producers did not say for which member they commit.
    if (nobody && !inTransaction) return UNKNOWN_MEMBER_ID
    const problem = nobody ? 0 : this.memberProblem(memberId, instanceId)
    if (problem !== 0) return problem
    if (!nobody && generationId !== this.generation) return errorCode('ILLEGAL_GENERATION')
    if (this.state === 'CompletingRebalance') return REBALANCE_IN_PROGRESS
    if (!inTransaction) this.resetSession(this.members.get(memberId)!)
    return 0
  }

  /** (Re)starts the time within which a member must be heard of. */
  private resetSession(member: Member, ms = member.isNew ? NEW_MEMBER_JOIN_TIMEOUT_MS : member.sessionTimeoutMs): void {
    member.cancelSession?.()
    member.cancelSession = this.clock.after(ms, () => {
      member.cancelSession = null
      // Who waits for an answer can't send heartbeats.
      if (!member.isNew && (member.joining || member.syncing)) return
      this.remove(member)
    })
  }

  private remove(member: Member): void {
    this.members.remove(member)
    this.answerWaiting(member, UNKNOWN_MEMBER_ID)
    if (this.state !== 'Empty' && this.state !== 'Dead') this.rebalance()
  }

  private answerWaiting(member: Member, errorCode: number): void {
    const joining = member.joining
    member.joining = null
    joining?.(failedJoin(errorCode, member.id))
    this.answerSync(member, failedSync(errorCode))
  }

  /**
   * Takes over the members of a group that was one of another protocol (KIP-848); they are to join anew.
   * `generation`: the last one they know of.
   */
  takeOver(generation: number, members: readonly Inherited[]): void {
    this.generation = generation
    this.protocolType = 'consumer'
    for (const { id, assignment, ...init } of members) {
      const member = this.members.add(id, init)
      member.isNew = false
      member.assignment = assignment
      this.resetSession(member)
    }
    this.protocolName = this.members.selectProtocol()
    this.state = 'Stable'
    this.rebalance()
  }

  /** Ends, as its members go on in another group: whoever waits is told to join again. */
  dissolve(): void {
    for (const member of this.members.all()) this.answerWaiting(member, REBALANCE_IN_PROGRESS)
    this.close()
  }

  /** Ends all waits; whoever waited is told that the coordinator is gone. */
  close(): void {
    this.state = 'Dead'
    this.cancelWait?.()
    for (const cancel of this.members.pending.values()) cancel()
    for (const member of this.members.all()) {
      member.cancelSession?.()
      this.answerWaiting(member, errorCode('COORDINATOR_NOT_AVAILABLE'))
    }
  }
}

/** What a member said with the protocol that was chosen. */
export const metadataOf = (protocols: readonly GroupProtocol[], name: string | null): Uint8Array =>
  protocols.find((protocol) => protocol.name === name)?.metadata ?? EMPTY
