import { errorCode } from '../../../dissectors/errors.ts'
import { Bounded } from '../bounded.ts'
import { HEARTBEAT, JOIN, LEAVE, OFFSET_COMMIT, SYNC } from '../groups/apis.ts'
import { because, keyOf, laterAt, ms, named, type Place } from '../groups/say.ts'
import type { Joined, Missing, Step } from '../groups/step.ts'
import type { SessionRule } from '../rule.ts'
import type { Seen } from '../seen.ts'
import type { Tell, Watch } from '../watch.ts'

const UNKNOWN_MEMBER_ID = errorCode('UNKNOWN_MEMBER_ID')
const MAX_SUSPECTED = 1000

/** An answer that came early, if the member that it left out is there still. */
interface Suspected {
  readonly place: Place
  readonly exchange: number
  readonly time: number
  readonly generation: number
  readonly before: number
  readonly missing: Missing
  /** The member has spoken since: with its answer it is certain that it had not asked to join before. */
  spoke: boolean
}

/**
 * A JoinGroup answered with a new generation before a member of the last one has joined again, or its time was up. Told
 * when that member next speaks: then it is certain that it was there and had not asked.
 */
export const groupJoinEarly: SessionRule = {
  kind: 'session',
  code: 'group/join-early',
  severity: 'error',
  apis: [JOIN, SYNC, HEARTBEAT, LEAVE, OFFSET_COMMIT],
  watch: ({ groups }) => new JoinEarly(() => groups.step),
}

class JoinEarly implements Watch {
  private readonly step: () => Step | null
  private readonly suspected = new Bounded<string, Suspected>(MAX_SUSPECTED)
  private readonly told = new Bounded<number, true>(MAX_SUSPECTED)

  constructor(step: () => Step | null) {
    this.step = step
  }

  request(seen: Seen): void {
    const step = this.step()
    if (step?.kind !== 'asked') return
    const key = keyOf(step.group) + step.memberId
    const suspected = this.suspected.get(key)
    if (!suspected) return
    // Bytes that came late in a capture, or not at all, or on another connection: it may have asked before.
    const { line, connection } = suspected.missing
    const late =
      line.broken ||
      connection !== seen.exchange.connection.id ||
      seen.exchange.request!.time <= suspected.time ||
      step.what === 'leave'
    if (late) this.suspected.delete(key)
    else suspected.spoke = true
  }

  exchange(seen: Seen, tell: Tell): void {
    const step = this.step()
    if (!step || step.kind === 'asked' || step.kind === 'epoch' || step.kind === 'left') return
    const key = keyOf(step.group) + (step.kind === 'joined' ? step.old : step.memberId)
    const suspected = this.suspected.get(key)
    if (suspected?.spoke && step.error !== null && step.error >= 0) {
      this.suspected.delete(key)
      this.tell(suspected, seen, step.error, tell)
    }
    if (step.kind === 'joined' && step.formed && !step.group.mixed && !step.group.crowded) this.suspect(step, seen)
  }

  private suspect(step: Joined, seen: Seen): void {
    const { before, told, group } = step
    if (!before || !told) return
    const place = laterAt(seen, 'response', 'generationId')
    const { time } = told.formed
    for (const missing of step.missing.slice(0, 10))
      this.suspected.set(keyOf(group) + missing.id, {
        place,
        exchange: seen.exchange.id,
        time,
        generation: told.number,
        before: before.number,
        missing,
        spoke: false,
      })
  }

  private tell(
    { place, exchange, generation, before, missing }: Suspected,
    seen: Seen,
    error: number,
    tell: Tell,
  ): void {
    if (this.told.has(exchange)) return
    this.told.set(exchange, true)
    const { id, waitedMs, rebalanceMs } = missing
    // A member that is told so may have been removed by somebody that this session does not see.
    const removed = error === UNKNOWN_MEMBER_ID
    const why = 'the coordinator answers a JoinGroup as it comes, and does not wait for the members to join again'
    tell({
      ...place,
      ...(removed ? { severity: 'warning' as const } : {}),
      message: `JoinGroup #${exchange} is answered with generation ${generation} though ${named(id)} of generation ${before} has not joined again: the group was at rest ${ms(waitedMs)} ms before, and that member has ${rebalanceMs} ms.`,
      causes: because('join-not-awaited', removed ? 0.7 : 0.95, why, place),
      exchanges: [exchange, seen.exchange.id],
    })
  }
}
