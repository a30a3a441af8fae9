import { Bounded } from '../bounded.ts'
import { JOIN } from '../groups/apis.ts'
import { because, fieldOf, keyOf, ms } from '../groups/say.ts'
import type { Joined } from '../groups/step.ts'
import type { SessionRule } from '../rule.ts'
import type { Seen } from '../seen.ts'
import type { Tell, Watch } from '../watch.ts'

/** `group.initial.rebalance.delay.ms`, unless it is set. */
const DELAY_MS = 3000
/** An answer within this was not held back for others; many test brokers hold it for half a second. */
const AT_ONCE_MS = 250
/** Generations that begin a group, each with somebody new. */
const MANY = 3
const MAX_GROUPS = 1000

interface Beginning {
  readonly time: number
  readonly firstMs: number
  readonly seen: Set<string>
  readonly exchanges: number[]
  /** The last generation that somebody new was told of. */
  counted: number
}

/** A new group gets one generation after another while its members arrive: nobody waits for the rest. */
export const groupNoDelay: SessionRule = {
  kind: 'session',
  code: 'group/no-delay',
  severity: 'note',
  apis: [JOIN],
  watch: ({ groups }): Watch => {
    const beginnings = new Bounded<string, Beginning>(MAX_GROUPS)
    return {
      exchange(seen, tell) {
        const { step } = groups
        if (step?.kind === 'joined' && step.told) follow(beginnings, step, seen, tell)
      },
    }
  },
}

function follow(beginnings: Bounded<string, Beginning>, step: Joined, seen: Seen, tell: Tell): void {
  const key = keyOf(step.group)
  const time = seen.exchange.response?.time ?? 0
  const firstMs = (time - step.asked) / 1000
  if (step.formed && !step.before && step.generation === 1 && firstMs < AT_ONCE_MS) {
    beginnings.set(key, { time, firstMs, seen: new Set([step.memberId]), exchanges: [seen.exchange.id], counted: 1 })
    return
  }
  const beginning = beginnings.get(key)
  if (!beginning) return
  if (time - beginning.time > DELAY_MS * 1000) {
    beginnings.delete(key)
    return
  }
  if (beginning.seen.has(step.memberId)) return
  beginning.seen.add(step.memberId)
  if (step.generation <= beginning.counted) return
  beginning.counted = step.generation
  beginning.exchanges.push(seen.exchange.id)
  if (beginning.exchanges.length < MANY) return
  beginnings.delete(key)
  const place = fieldOf(seen, 'response', 'generationId')
  const why = 'the coordinator does not hold the first JoinGroup of an empty group until others have come'
  tell({
    ...place,
    message: `Generation ${step.generation} of a new group, within ${ms((time - beginning.time) / 1000)} ms of its first: the first JoinGroup was answered after ${ms(beginning.firstMs)} ms, and whoever came next made another generation.`,
    causes: because('no-initial-delay', 0.9, why, place),
    exchanges: beginning.exchanges,
  })
}
