/** What one exchange did to a group: what rules over groups are told. */
import type { JsonObject } from '../../codec/json-text.ts'
import type { Generation, Group, Line, Mark, Member, Partitions } from './group.ts'

/** A request, before its answer. `generation` is the one that it names (or the epoch), -1 without. */
export interface Asked {
  readonly kind: 'asked'
  readonly what: 'join' | 'sync' | 'heartbeat' | 'commit' | 'leave'
  readonly group: Group
  readonly memberId: string
  readonly generation: number
  /** Of a SyncGroup that carries assignments: the generation it is the leader's of, where that is known. */
  readonly leads: Generation | null
}

/** How an answer came out: `error` is its error code where it can be read, -1 where there is an answer that can't. */
interface Answered {
  readonly group: Group
  readonly memberId: string
  readonly generation: number
  /** 0: all is well. -1: unreadable. Null: no answer. */
  readonly error: number | null
  readonly asked: number
}

/** A member that should have been waited for. */
export interface Missing {
  readonly id: string
  /** Known to be broken only later, where bytes are missing. */
  readonly line: Line
  readonly connection: number
  /** How long after it was last seen the generation was answered, and what its rebalance timeout is. */
  readonly waitedMs: number
  readonly rebalanceMs: number
}

export interface Joined extends Answered {
  readonly kind: 'joined'
  /** The member id in the request; `memberId` is that of the answer. */
  readonly old: string
  readonly version: number
  readonly instanceId: string | null
  /** As the answer names it. */
  readonly leader: string
  /** The answer's list of members; empty for followers. */
  readonly members: readonly JsonObject[]
  /** The generation that it tells of; null where it is refused, or is of a time before what is known. */
  readonly told: Generation | null
  /** Its first answer. Then `before` is the generation that it ended, and `missing` who had not come back. */
  readonly formed: boolean
  readonly before: Generation | null
  readonly missing: readonly Missing[]
  /** What the member was in before: its generation, or -1; false where it may have joined in between unseen. */
  readonly was: number
  readonly continuous: boolean
  /** The generation before is alive (accepted members on connections that stand), so it can't begin again from 1. */
  readonly alive: readonly string[]
}

export interface Synced extends Answered {
  readonly kind: 'synced'
  readonly told: Generation | null
  /** What it was given, as base64; null where unreadable. */
  readonly assignment: string | null
}

export interface Beat extends Answered {
  readonly kind: 'heartbeat' | 'commit' | 'left'
}

/** A heartbeat of the new protocols. */
export interface Epoch extends Answered {
  readonly kind: 'epoch'
  readonly member: Member | null
  /** The epoch asked with, and the one answered. */
  readonly epoch: number
  readonly added: Partitions
  /** Partitions that it was given while another member still had them. */
  readonly twice: readonly { readonly topic: string; readonly partition: number; readonly holder: Member }[]
}

export type Step = Asked | Joined | Synced | Beat | Epoch

export type { Mark }
