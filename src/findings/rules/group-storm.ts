import { Bounded } from '../bounded.ts'
import { JOIN } from '../groups/apis.ts'
import type { Mark } from '../groups/group.ts'
import { fieldOf, keyOf, ms } from '../groups/say.ts'
import type { SessionRule } from '../rule.ts'
import type { Watch } from '../watch.ts'

/** Generations within a minute that no start or deployment makes. */
const MANY = 8
const WINDOW_US = 60_000_000
const MAX_GROUPS = 1000

interface Recent {
  marks: Mark[]
  told: number
}

/** A group that is always rebalancing. */
export const groupStorm: SessionRule = {
  kind: 'session',
  code: 'group/storm',
  severity: 'warning',
  apis: [JOIN],
  watch: ({ groups }): Watch => {
    const recent = new Bounded<string, Recent>(MAX_GROUPS)
    return {
      exchange(seen, tell) {
        const { step } = groups
        if (step?.kind !== 'joined' || !step.formed || !step.told || step.group.mixed) return
        const { formed } = step.told
        const one = recent.at(keyOf(step.group), () => ({ marks: [], told: 0 }))
        one.marks = [...one.marks.filter(({ time }) => formed.time - time < WINDOW_US), formed].slice(-MANY)
        // Once for a storm: it is over when a minute has passed without this many.
        if (one.marks.length < MANY) return
        const fresh = one.told === 0 || formed.time - one.told >= WINDOW_US
        one.told = formed.time
        if (!fresh) return
        const spanMs = (formed.time - one.marks[0]!.time) / 1000
        tell({
          ...fieldOf(seen, 'response', 'generationId'),
          message: `Generation ${step.generation} is the ${MANY}th within ${ms(spanMs)} ms: while a group rebalances, its members do not read.`,
          exchanges: one.marks.map(({ exchange }) => exchange),
        })
      },
    }
  },
}
