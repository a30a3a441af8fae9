import { JOIN } from '../groups/apis.ts'
import { fieldOf, named } from '../groups/say.ts'
import { textOf } from '../groups/values.ts'
import type { SessionRule } from '../rule.ts'

/** The list of members lacks the leader, or the one that it is sent to. */
export const groupLeaderUnknown: SessionRule = {
  kind: 'session',
  code: 'group/leader-unknown',
  severity: 'error',
  apis: [JOIN],
  watch: ({ groups }) => ({
    exchange(seen, tell) {
      const { step } = groups
      if (step?.kind !== 'joined' || !step.told || step.members.length === 0) return
      const { members, leader, memberId, generation } = step
      const has = (id: string): boolean => members.some((one) => textOf(one.memberId) === id)
      const field = !has(leader) ? 'leader' : !has(memberId) ? 'memberId' : null
      if (!field) return
      const who = field === 'leader' ? `the leader, ${named(leader)},` : `${named(memberId)}, whom it is sent to,`
      tell({
        ...fieldOf(seen, 'response', field),
        message: `The members of generation ${generation} in this answer lack ${who} so nobody assigns it partitions.`,
      })
    },
  }),
}
