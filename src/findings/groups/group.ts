/**
 * What is known of a group on one broker: members, generations, and its life as a row of phases. Times are in
 * microseconds since 1970. Written by `groups.ts` and its neighbours alone; rules and views read it.
 */

/** As the coordinator's states, in short: PreparingRebalance, CompletingRebalance, Stable, Empty, Dead. */
export type Phase = 'joining' | 'syncing' | 'stable' | 'empty' | 'dead'

/** Which protocol runs the group: JoinGroup and SyncGroup; KIP-848; KIP-932; KIP-1071. */
export type GroupKind = 'classic' | 'consumer' | 'share' | 'streams'

/** An exchange to point at. */
export interface Mark {
  readonly exchange: number
  readonly time: number
}

/** A connection while nothing of it is missing. */
export interface Line {
  broken: boolean
}

/** Partitions by topic: its name, or its id as Kafka prints it. */
export type Partitions = ReadonlyMap<string, ReadonlySet<number>>

export interface Member {
  readonly id: string
  instanceId: string | null
  clientId: string | null
  /** `host:port` of the client's end; empty for a member of which only the leader was told. */
  client: string
  /** 0 where it never spoke here. */
  connection: number
  /** When it first appeared, and when it last asked or was answered. */
  joined: number
  seen: number
  /** What it last said, and what came of it: `Heartbeat ok`. */
  said: string
  /** The generation (or epoch) that it was last told; -1 before. */
  generation: number
  /** When the coordinator last took it for a member of its generation. */
  accepted: number
  sessionMs: number
  rebalanceMs: number
  /** Topics that it subscribed; null where unknown, or too many to keep. */
  topics: readonly string[] | null
  /** The connection that it joined on, as far as it was seen whole. */
  line: Line
  /** It said that it leaves, or it asked to join and has not been answered well since. */
  leaving: boolean
  rejoining: boolean
  /** Partitions that it was given, in short; empty where unknown. */
  assigned: string
  /** KIP-848: what it is assigned, and what it was and has not given back; null where not followed. */
  held: { assigned: Partitions; revoking: Partitions } | null
  /** KIP-848: the subscription was never changed, and is by name alone. */
  plain: boolean
}

/** What the leader was told of a member. */
export interface Listed {
  readonly instanceId: string | null
  /** Its subscription as base64. */
  readonly metadata: string
}

/** One generation of a classic group, from the first JoinGroup answer that had it. */
export interface Generation {
  readonly number: number
  /** The first answer with it. */
  readonly formed: Mark
  readonly protocol: string
  /** As the first answer names it; empty for a KIP-848 group with classic members. */
  readonly leader: string
  /** Who was told of it, first time of each. Not complete beyond a thousand. */
  readonly told: Map<string, Mark>
  /** What the leader was told, and with which exchange; null before, or where it is no longer kept. */
  list: ReadonlyMap<string, Listed> | null
  listed: Mark | null
  /** The leader's SyncGroup: fingerprints of the assignments by member. Null before, or where no longer kept. */
  sent: ReadonlyMap<string, string> | null
  synced: Mark | null
  /** A leader that came back and was told to skip the assignment (KIP-814): its SyncGroup says nothing. */
  skips: boolean
}

/** A stretch of a group's life. */
export interface Stretch {
  readonly phase: Phase
  readonly time: number
  generation: number
  members: number
  /** The exchange that began it. */
  readonly exchange: number
}

export interface Happening {
  readonly time: number
  readonly exchange: number
  readonly text: string
}

export interface Group {
  readonly id: string
  /** `host:port` of the coordinator. */
  readonly broker: string
  kind: GroupKind
  /** `consumer`, `connect`; of new protocols empty. */
  protocolType: string
  /** `range`; empty where unknown. */
  protocol: string
  phase: Phase
  /** Generation, or epoch of the group; -1 before the first. */
  generation: number
  /** When the phase began, and when the group was last heard of. */
  since: number
  seen: number
  rebalances: number
  leader: string
  readonly members: Map<string, Member>
  /** More members than are kept, or a consumer group with members of both protocols: counts and rules are off. */
  crowded: boolean
  mixed: boolean
  current: Generation | null
  previous: Generation | null
  /** Members that left, were removed, or were told that they are unknown, and when. The last 200. */
  readonly gone: Map<string, Mark>
  /** The last stretches, oldest first; how many before them are no longer kept. */
  readonly life: Stretch[]
  forgotten: number
  /** The last things that happened, newest last. */
  readonly history: Happening[]
}

/** What is not seen. */
export const BROKEN: Line = { broken: true }

export const newMember = (id: string, time: number): Member => ({
  id,
  instanceId: null,
  clientId: null,
  client: '',
  connection: 0,
  joined: time,
  seen: time,
  said: '',
  generation: -1,
  accepted: 0,
  sessionMs: 0,
  rebalanceMs: 0,
  topics: null,
  line: BROKEN,
  leaving: false,
  rejoining: false,
  assigned: '',
  held: null,
  plain: false,
})

export const newGroup = (id: string, broker: string, time: number): Group => ({
  id,
  broker,
  kind: 'classic',
  protocolType: '',
  protocol: '',
  phase: 'empty',
  generation: -1,
  since: time,
  seen: time,
  rebalances: 0,
  leader: '',
  members: new Map(),
  crowded: false,
  mixed: false,
  current: null,
  previous: null,
  gone: new Map(),
  life: [],
  forgotten: 0,
  history: [],
})

const HISTORY = 50
const STRETCHES = 200
const GONE = 200

/** Adds to a group's history. */
export function note(group: Group, { exchange, time }: Mark, text: string): void {
  group.history.push({ time, exchange, text })
  if (group.history.length > HISTORY) group.history.shift()
}

/** Begins a phase; the same phase goes on, with what is now known of generation and members. */
export function enter(group: Group, phase: Phase, { exchange, time }: Mark): void {
  const last = group.life.at(-1)
  const { generation } = group
  const members = group.members.size
  if (last && last.phase === phase && (phase !== 'stable' || last.generation === generation)) {
    last.generation = generation
    last.members = members
    group.phase = phase
    return
  }
  if (phase === 'joining') group.rebalances++
  group.phase = phase
  group.since = time
  group.life.push({ phase, time, generation, members, exchange })
  if (group.life.length > STRETCHES) {
    group.life.shift()
    group.forgotten++
  }
}

/** Takes back a phase that an exchange began: nothing came of it. */
export function retract(group: Group, exchange: number): void {
  const last = group.life.at(-1)
  const before = group.life.at(-2)
  if (!last || !before || last.exchange !== exchange) return
  group.life.pop()
  if (last.phase === 'joining') group.rebalances--
  group.phase = before.phase
  group.since = before.time
}

/** Remembers that a member is one no longer. */
export function forget(group: Group, id: string, mark: Mark): void {
  group.members.delete(id)
  group.gone.delete(id)
  group.gone.set(id, mark)
  if (group.gone.size > GONE) group.gone.delete(group.gone.keys().next().value!)
}
