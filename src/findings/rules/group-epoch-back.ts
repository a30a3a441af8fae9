import { CONSUMER_HEARTBEAT, SHARE_HEARTBEAT, STREAMS_HEARTBEAT } from '../groups/apis.ts'
import { fieldOf, named } from '../groups/say.ts'
import type { SessionRule } from '../rule.ts'

/** KIP-848: a member is told a lower epoch than it has. */
export const groupEpochBack: SessionRule = {
  kind: 'session',
  code: 'group/epoch-back',
  severity: 'error',
  apis: [CONSUMER_HEARTBEAT, SHARE_HEARTBEAT, STREAMS_HEARTBEAT],
  watch: ({ groups }) => ({
    exchange(seen, tell) {
      const { step } = groups
      if (step?.kind !== 'epoch' || step.error !== 0) return
      const { generation, epoch, memberId } = step
      if (generation <= 0 || epoch < 0 || epoch >= generation) return
      tell({
        ...fieldOf(seen, 'response', 'memberEpoch'),
        message: `${named(memberId)} has epoch ${generation} and is told ${epoch}: epochs only grow while a member is one.`,
      })
    },
  }),
}
