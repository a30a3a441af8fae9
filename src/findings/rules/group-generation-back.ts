import { GROUP_APIS } from '../groups/apis.ts'
import { because, fieldOf, several } from '../groups/say.ts'
import type { SessionRule } from '../rule.ts'

/** A generation below the last one, though members of that are there. */
export const groupGenerationBack: SessionRule = {
  kind: 'session',
  code: 'group/generation-back',
  severity: 'error',
  apis: GROUP_APIS,
  watch: ({ groups }) => ({
    exchange(seen, tell) {
      const { step } = groups
      if (step?.kind !== 'joined' || !step.formed || !step.before || step.group.mixed) return
      const { before, generation, alive } = step
      if (generation >= before.number || alive.length === 0) return
      const place = fieldOf(seen, 'response', 'generationId')
      tell({
        ...place,
        message: `JoinGroup is answered with generation ${generation}, though the group was at generation ${before.number} and has members of that: ${several(alive)}.`,
        causes: because(
          'group-forgotten',
          0.7,
          'the coordinator forgot the group while it had members, and began it anew',
          place,
        ),
        exchanges: [before.formed.exchange, seen.exchange.id],
      })
    },
  }),
}
