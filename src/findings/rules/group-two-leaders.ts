import { JOIN } from '../groups/apis.ts'
import { fieldOf, named } from '../groups/say.ts'
import type { SessionRule } from '../rule.ts'

/** Answers of one generation that name different leaders. */
export const groupTwoLeaders: SessionRule = {
  kind: 'session',
  code: 'group/two-leaders',
  severity: 'error',
  apis: [JOIN],
  watch: ({ groups }) => ({
    exchange(seen, tell) {
      const { step } = groups
      if (step?.kind !== 'joined' || !step.told || step.formed || step.group.mixed) return
      const { told, leader, group, generation } = step
      if (leader === '' || told.leader === '' || leader === told.leader) return
      // A static leader that comes back leads under a new member id.
      const known = group.members.get(told.leader) ?? told.list?.get(told.leader)
      if (!known || known.instanceId !== null) return
      const place = fieldOf(seen, 'response', 'leader')
      tell({
        ...place,
        message: `Generation ${generation} has two leaders: ${named(leader)} here, ${named(told.leader)} in #${told.formed.exchange}. Both assign, and one of the assignments is lost.`,
        exchanges: [told.formed.exchange, seen.exchange.id],
      })
    },
  }),
}
