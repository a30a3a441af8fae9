import { Bounded } from '../bounded.ts'
import { HEARTBEAT, JOIN, LEAVE, OFFSET_COMMIT, SYNC } from '../groups/apis.ts'
import type { Generation, Line } from '../groups/group.ts'
import { because, keyOf, laterAt, named, type Place } from '../groups/say.ts'
import type { Step, Synced } from '../groups/step.ts'
import type { SessionRule } from '../rule.ts'
import type { Seen } from '../seen.ts'
import type { Tell, Watch } from '../watch.ts'

const MAX_SUSPECTED = 1000

interface Suspected {
  readonly place: Place
  readonly exchange: number
  readonly time: number
  readonly told: Generation
  /** The leader's. */
  readonly line: Line
  readonly connection: number
  readonly follower: string
  readonly bytes: number
}

/**
 * A follower's SyncGroup answered before the leader has sent the assignment. Told when the leader next speaks: then it
 * is certain that it was there and had not sent it.
 */
export const groupSyncEarly: SessionRule = {
  kind: 'session',
  code: 'group/sync-early',
  severity: 'error',
  apis: [JOIN, SYNC, HEARTBEAT, LEAVE, OFFSET_COMMIT],
  watch: ({ groups }) => new SyncEarly(() => groups.step),
}

class SyncEarly implements Watch {
  private readonly step: () => Step | null
  private readonly suspected = new Bounded<string, Suspected>(MAX_SUSPECTED)

  constructor(step: () => Step | null) {
    this.step = step
  }

  request(seen: Seen, tell: Tell): void {
    const step = this.step()
    if (step?.kind !== 'asked') return
    const key = keyOf(step.group)
    const suspected = this.suspected.get(key)
    if (!suspected || suspected.told.leader !== step.memberId) return
    this.suspected.delete(key)
    // Bytes that came late in a capture, or not at all: it may have sent it before.
    const { request, connection } = seen.exchange
    if (suspected.line.broken || suspected.connection !== connection.id || request!.time <= suspected.time) return
    const { place, exchange, told, follower, bytes } = suspected
    const why = 'the coordinator answers a SyncGroup as it comes, and does not hold it until the leader has assigned'
    tell({
      ...place,
      message: `SyncGroup #${exchange} of ${named(follower)} is answered with ${bytes === 0 ? 'an empty assignment' : `an assignment of ${bytes} bytes`} before ${named(told.leader)}, the leader of generation ${told.number}, has sent any.`,
      causes: because('sync-not-awaited', 0.95, why, place),
      exchanges: [exchange, seen.exchange.id],
    })
  }

  exchange(seen: Seen): void {
    const step = this.step()
    if (step?.kind === 'synced' && step.error === 0) this.suspect(step, seen)
  }

  private suspect({ group, told, memberId, assignment }: Synced, seen: Seen): void {
    if (!told || told !== group.current || told.leader === memberId || told.synced || told.skips) return
    const leader = group.members.get(told.leader)
    const leads = told.listed && told.told.has(told.leader) && leader && !leader.line.broken && !leader.leaving
    // Its own JoinGroup was answered before, so that it would have had to send it by now.
    if (!leads || leader.generation !== told.number || leader.rejoining || group.mixed) return
    this.suspected.set(keyOf(group), {
      place: laterAt(seen, 'response', 'assignment'),
      exchange: seen.exchange.id,
      time: seen.exchange.response?.time ?? 0,
      told,
      line: leader.line,
      connection: leader.connection,
      follower: memberId,
      bytes: Math.floor(((assignment ?? '').replace(/=+$/, '').length * 3) / 4),
    })
  }
}
