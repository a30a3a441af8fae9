import { JOIN } from '../groups/apis.ts'
import { because, fieldOf, named } from '../groups/say.ts'
import type { SessionRule } from '../rule.ts'

/** A member goes from one generation to another that is not the next, though none can be made without it. */
export const groupGenerationSkipped: SessionRule = {
  kind: 'session',
  code: 'group/generation-skipped',
  severity: 'warning',
  apis: [JOIN],
  watch: ({ groups }) => ({
    exchange(seen, tell) {
      const { step } = groups
      if (step?.kind !== 'joined' || !step.formed || !step.before || step.group.mixed) return
      const { before, generation, was, continuous, old, memberId } = step
      if (!continuous || was !== before.number || old !== memberId || generation <= before.number + 1) return
      const place = fieldOf(seen, 'response', 'generationId')
      tell({
        ...place,
        message: `${named(memberId)} goes from generation ${before.number} to ${generation} and has been a member all along: the generations between were made without it.`,
        causes: because(
          'generation-per-join',
          0.6,
          'the coordinator begins a generation with every JoinGroup, and not when all have joined',
          place,
        ),
        exchanges: [before.formed.exchange, seen.exchange.id],
      })
    },
  }),
}
