/**
 * Which member of a classic group leads is the coordinator's choice, and may be another one's turn in a replay: then
 * that one sends the assignments that the recorded leader made.
 */
import { type Encodable, isStruct } from '../codec/encode.ts'
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import type { Ids } from './ids.ts'

type Struct = { readonly [key: string]: Encodable }

/** Generations that are remembered. */
const MAX_GENERATIONS = 100_000

export class Leaders {
  /** By group and recorded generation: what the leader's SyncGroup assigned. */
  private readonly assigned = new Map<string, readonly Encodable[]>()
  /** By group and new generation: the leader's new member id. */
  private readonly leaders = new Map<string, string>()

  /** Takes a recorded SyncGroup request. All of a recording are to be told before it is replayed. */
  tellRecorded(body: Encodable): void {
    if (!isStruct(body) || !Array.isArray(body.assignments) || body.assignments.length === 0) return
    if (this.assigned.size < MAX_GENERATIONS) this.assigned.set(generation(body), body.assignments)
  }

  /** Takes a JoinGroup request and the new answer to it. */
  joined(asked: JsonObject, answered: JsonValue): void {
    if (!isStruct(answered)) return
    const { leader, generationId } = answered
    if (typeof leader !== 'string' || leader === '' || this.leaders.size >= MAX_GENERATIONS) return
    this.leaders.set(generation({ groupId: asked.groupId ?? null, generationId }), leader)
  }

  /** A SyncGroup request with the role that its member has now: `recorded` as it was, `carried` with the new ids. */
  synced(recorded: Encodable, carried: Encodable, ids: Ids, connection: number): Encodable {
    if (!isStruct(recorded) || !isStruct(carried) || !Array.isArray(carried.assignments)) return carried
    const leader = this.leaders.get(generation(carried))
    if (leader === undefined) return carried
    const leads = carried.memberId === leader
    if (leads === carried.assignments.length > 0) return carried
    if (!leads) return { ...carried, assignments: [] }
    const assigned = this.assigned.get(generation(recorded))
    return assigned ? { ...carried, assignments: ids.carried(connection, assigned) } : carried
  }
}

const generation = ({ groupId, generationId }: Struct): string => `${String(groupId)}\n${String(generationId)}`
