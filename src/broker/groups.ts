/**
 * All groups, and the checks that come before a group is looked at. The empty string is no group to be a member of, but
 * offsets may be committed under it, as in Apache Kafka.
 */
import { errorCode } from '../../dissectors/errors.ts'
import { toHex } from '../bytes/hex.ts'
import type { Clock } from './clock.ts'
import { failedJoin, failedSync, Group, type Inherited, type Join, type Sync } from './group.ts'
import { type JoinAnswer, protocolBytes, type SyncAnswer } from './members.ts'
import type { CommittedOffsets } from './offsets.ts'
import type { BrokerOptions } from './options.ts'

const INVALID_GROUP_ID = errorCode('INVALID_GROUP_ID')
const UNKNOWN_MEMBER_ID = errorCode('UNKNOWN_MEMBER_ID')

/** Bytes of protocols, or of assignments, that one request may leave in memory. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024

export class Groups {
  private readonly byId = new Map<string, Group>()
  private readonly options: BrokerOptions
  private readonly clock: Clock
  private readonly random: (size: number) => Uint8Array
  private readonly offsets: CommittedOffsets
  private readonly bugs: ReadonlySet<string>

  /** `bugs`: names of bugs of the coordinator to plant. */
  constructor(
    options: BrokerOptions,
    clock: Clock,
    random: (size: number) => Uint8Array,
    offsets: CommittedOffsets,
    bugs: ReadonlySet<string> = new Set(),
  ) {
    this.options = options
    this.clock = clock
    this.random = random
    this.offsets = offsets
    this.bugs = bugs
  }

  get(id: string): Group | undefined {
    return this.byId.get(id)
  }

  all(): Group[] {
    return [...this.byId.values()]
  }

  join(groupId: string, join: Join): Promise<JoinAnswer> {
    const group = this.groupToJoin(groupId, join)
    if (typeof group === 'number') return Promise.resolve(failedJoin(group, join.memberId))
    return answered((later) => group.join(join, later))
  }

  /** The group, made for a member without an id; or an error code. */
  private groupToJoin(groupId: string, join: Join): Group | number {
    if (groupId === '') return INVALID_GROUP_ID
    const problem = this.joinProblem(join)
    if (problem !== 0) return problem
    const kept = this.all().reduce((sum, { members }) => sum + members.bytes, 0)
    if (kept > this.options.maxGroupBytes) return errorCode('COORDINATOR_NOT_AVAILABLE')
    const known = this.byId.get(groupId)
    if (known) return known
    if (join.memberId !== '') return UNKNOWN_MEMBER_ID
    if (!this.makeRoom()) return errorCode('COORDINATOR_NOT_AVAILABLE')
    return this.make(groupId)
  }

  private make(groupId: string): Group {
    const group = new Group(groupId, this.options, this.clock, (prefix) => this.newMemberId(prefix), this.bugs)
    this.byId.set(groupId, group)
    return group
  }

  /** Members of a group that was one of the consumer protocol go on in a classic one. */
  takeOver(groupId: string, generation: number, members: readonly Inherited[]): void {
    this.make(groupId).takeOver(generation, members)
  }

  /** Forgets a group whose members go on in one of the consumer protocol. */
  dissolve(groupId: string): void {
    this.byId.get(groupId)?.dissolve()
    this.byId.delete(groupId)
  }

  /** Why no member can join with this, whatever the group: an error code. */
  joinProblem({ sessionTimeoutMs, protocols }: Join): number {
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = this.options
    if (sessionTimeoutMs < minSessionTimeoutMs || sessionTimeoutMs > maxSessionTimeoutMs) {
      return errorCode('INVALID_SESSION_TIMEOUT')
    }
    return protocolBytes(protocols) > MAX_KEPT_BYTES ? errorCode('INVALID_REQUEST') : 0
  }

  newMemberId(prefix: string): string {
    return `${prefix}-${this.uuid()}`
  }

  private uuid(): string {
    const hex = toHex(this.random(16))
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }

  /** Groups that nobody is in and that committed nothing go, when there are too many. */
  private makeRoom(): boolean {
    if (this.byId.size < this.options.maxGroups) return true
    for (const group of this.all()) {
      const unused = group.state === 'Empty' && group.members.pending.size === 0
      if (unused && !this.offsets.has(group.id)) this.byId.delete(group.id)
    }
    return this.byId.size < this.options.maxGroups
  }

  sync(groupId: string, sync: Sync): Promise<SyncAnswer> {
    const bytes = sync.assignments.reduce((sum, { assignment }) => sum + assignment.length, 0)
    if (groupId === '') return Promise.resolve(failedSync(INVALID_GROUP_ID))
    if (bytes > MAX_KEPT_BYTES) return Promise.resolve(failedSync(errorCode('UNKNOWN_SERVER_ERROR')))
    const group = this.byId.get(groupId)
    if (!group) return Promise.resolve(failedSync(UNKNOWN_MEMBER_ID))
    return answered((later) => group.sync(sync, later))
  }

  /** Returns an error code. */
  heartbeat(groupId: string, memberId: string, instanceId: string | null, generationId: number): number {
    if (groupId === '') return INVALID_GROUP_ID
    return this.byId.get(groupId)?.heartbeat(memberId, instanceId, generationId) ?? UNKNOWN_MEMBER_ID
  }

  /** Returns an error code. */
  leave(groupId: string, memberId: string, instanceId: string | null): number {
    return this.byId.get(groupId)?.leave(memberId, instanceId) ?? UNKNOWN_MEMBER_ID
  }

  /**
   * Whether offsets may be committed; a group that is unknown may have them from a client that is in none.
   * `inTransaction`: by TxnOffsetCommit.
   */
  commitProblem(
    groupId: string,
    memberId: string,
    instanceId: string | null,
    generationId: number,
    inTransaction = false,
  ): number {
    const group = this.byId.get(groupId)
    if (group) return group.commitProblem(memberId, instanceId, generationId, inTransaction)
    if (generationId < 0) return 0
    return this.offsets.has(groupId) ? UNKNOWN_MEMBER_ID : errorCode('ILLEGAL_GENERATION')
  }

  /** Deletes a group that nobody is in, with its offsets. Returns an error code. */
  delete(groupId: string): number {
    const group = this.byId.get(groupId)
    if (!group && !this.offsets.has(groupId)) return errorCode('GROUP_ID_NOT_FOUND')
    if (group && group.state !== 'Empty') return errorCode('NON_EMPTY_GROUP')
    group?.close()
    this.byId.delete(groupId)
    this.offsets.deleteGroup(groupId)
    return 0
  }

  /** Forgets a group that nobody is in, or is about to be; its offsets stay. Returns whether none is left of this name. */
  deleteEmpty(groupId: string): boolean {
    const group = this.byId.get(groupId)
    if (group && (group.state !== 'Empty' || group.members.pending.size > 0)) return false
    group?.close()
    this.byId.delete(groupId)
    return true
  }

  close(): void {
    for (const group of this.byId.values()) group.close()
  }
}

/** An answer that comes at once, or later. */
function answered<T>(ask: (later: (answer: T) => void) => T | null): Promise<T> {
  return new Promise((resolve) => {
    const now = ask(resolve)
    if (now !== null) resolve(now)
  })
}
