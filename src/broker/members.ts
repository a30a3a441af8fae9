/** The members of one group: who they are, what they support, which of them wait for an answer. */
import { Buffer } from 'node:buffer'

export interface GroupProtocol {
  readonly name: string
  readonly metadata: Uint8Array
}

export interface JoinAnswer {
  readonly errorCode: number
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leader: string
  readonly skipAssignment: boolean
  readonly memberId: string
  readonly members: readonly { memberId: string; groupInstanceId: string | null; metadata: Uint8Array }[]
}

export interface SyncAnswer {
  readonly errorCode: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignment: Uint8Array
}

export interface MemberInit {
  readonly clientId: string
  readonly clientHost: string
  readonly instanceId: string | null
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocols: readonly GroupProtocol[]
}

export interface Member extends MemberInit {
  id: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocols: readonly GroupProtocol[]
  assignment: Uint8Array
  /** It has never got an answer to its join: it is given longer than its session timeout. */
  isNew: boolean
  /** What answers its JoinGroup or SyncGroup that is being waited for. */
  joining: ((answer: JoinAnswer) => void) | null
  syncing: ((answer: SyncAnswer) => void) | null
  cancelSession: (() => void) | null
}

export const EMPTY = new Uint8Array(0)

export class Members {
  private readonly byId = new Map<string, Member>()
  /** Ids by group.instance.id (KIP-345). */
  private readonly byInstance = new Map<string, string>()
  /** Ids given out by MEMBER_ID_REQUIRED (KIP-394) that have not come back, and what ends their wait. */
  readonly pending = new Map<string, () => void>()
  leaderId: string | null = null
  /** Bytes of names and metadata of all protocols. */
  bytes = 0

  get size(): number {
    return this.byId.size
  }

  get(id: string): Member | undefined {
    return this.byId.get(id)
  }

  all(): Member[] {
    return [...this.byId.values()]
  }

  /** The member id that an instance id stands for. */
  idOfInstance(instanceId: string | null): string | undefined {
    return instanceId === null ? undefined : this.byInstance.get(instanceId)
  }

  add(id: string, init: MemberInit): Member {
    const member: Member = {
      ...init,
      id,
      assignment: EMPTY,
      isNew: true,
      joining: null,
      syncing: null,
      cancelSession: null,
    }
    this.bytes += protocolBytes(init.protocols)
    this.byId.set(id, member)
    if (init.instanceId !== null) this.byInstance.set(init.instanceId, id)
    this.leaderId ??= id
    return member
  }

  remove(member: Member): void {
    member.cancelSession?.()
    member.cancelSession = null
    this.bytes -= protocolBytes(member.protocols)
    this.byId.delete(member.id)
    if (member.instanceId !== null) this.byInstance.delete(member.instanceId)
    if (this.leaderId === member.id) this.leaderId = this.byId.keys().next().value ?? null
  }

  /** A static member has come back without its id: it gets a new one, and keeps its assignment and its lead. */
  rename(member: Member, id: string): void {
    const wasLeader = this.leaderId === member.id
    this.byId.delete(member.id)
    member.id = id
    this.byId.set(id, member)
    this.byInstance.set(member.instanceId!, id)
    if (wasLeader) this.leaderId = id
  }

  /** What a member says anew when it joins again. */
  update(member: Member, init: MemberInit): void {
    this.bytes += protocolBytes(init.protocols) - protocolBytes(member.protocols)
    member.protocols = init.protocols
    member.sessionTimeoutMs = init.sessionTimeoutMs
    member.rebalanceTimeoutMs = init.rebalanceTimeoutMs
  }

  awaitingJoin(): number {
    return this.all().filter((member) => member.joining).length
  }

  /** The longest rebalance timeout of all, ms. */
  rebalanceTimeoutMs(): number {
    return this.all().reduce((longest, member) => Math.max(longest, member.rebalanceTimeoutMs), 0)
  }

  /** The lead goes to a member that has joined, if the leader has not. False where nobody has. */
  electJoinedLeader(): boolean {
    if (this.leaderId !== null && this.byId.get(this.leaderId)?.joining) return true
    const joined = this.all().find((member) => member.joining)
    if (!joined) return false
    this.leaderId = joined.id
    return true
  }

  /** Names of the protocols that every member supports. */
  private commonProtocols(): Set<string> {
    const [first, ...others] = this.all()
    return new Set(
      first?.protocols
        .map((protocol) => protocol.name)
        .filter((name) => others.every((other) => other.protocols.some((protocol) => protocol.name === name))),
    )
  }

  /** Whether a member with these protocols could join the others. */
  supports(protocols: readonly GroupProtocol[]): boolean {
    if (this.size === 0) return true
    const common = this.commonProtocols()
    return protocols.some((protocol) => common.has(protocol.name))
  }

  /** Each member votes for the first of its protocols that all support; ties go to what the leader likes best. */
  selectProtocol(): string {
    const common = this.commonProtocols()
    const votes = new Map<string, number>()
    for (const member of this.all()) {
      const vote = member.protocols.find((protocol) => common.has(protocol.name))?.name
      if (vote !== undefined) votes.set(vote, (votes.get(vote) ?? 0) + 1)
    }
    let chosen = ''
    for (const { name } of this.byId.get(this.leaderId ?? '')?.protocols ?? []) {
      if ((votes.get(name) ?? 0) > (votes.get(chosen) ?? 0)) chosen = name
    }
    return chosen
  }
}

export const protocolBytes = (protocols: readonly GroupProtocol[]): number =>
  protocols.reduce((sum, { name, metadata }) => sum + name.length + metadata.length, 0)

/** Whether the member has these very protocols, metadata included: its coming back changes nothing. */
export function sameProtocols(a: readonly GroupProtocol[], b: readonly GroupProtocol[]): boolean {
  return (
    a.length === b.length &&
    a.every((p, i) => p.name === b[i]!.name && Buffer.compare(p.metadata, b[i]!.metadata) === 0)
  )
}
