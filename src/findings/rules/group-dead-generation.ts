import { HEARTBEAT, OFFSET_COMMIT, SYNC, TXN_OFFSET_COMMIT } from '../groups/apis.ts'
import { because, fieldOf, named } from '../groups/say.ts'
import type { SessionRule } from '../rule.ts'

const WHAT = { heartbeat: 'heartbeat', commit: 'commit', synced: 'SyncGroup' } as const

/** A heartbeat, commit or sync of a generation that is over, answered as if all were well. */
export const groupDeadGeneration: SessionRule = {
  kind: 'session',
  code: 'group/dead-generation',
  severity: 'error',
  apis: [HEARTBEAT, SYNC, OFFSET_COMMIT, TXN_OFFSET_COMMIT],
  watch: ({ groups }) => ({
    exchange(seen, tell) {
      const { step } = groups
      if (step?.kind !== 'heartbeat' && step?.kind !== 'commit' && step?.kind !== 'synced') return
      const { group, generation, memberId, error, asked, kind } = step
      const { current, previous } = group
      if (error !== 0 || generation < 0 || !current || group.mixed || group.kind !== 'classic') return
      if (generation >= current.number || asked <= current.formed.time) return
      // It was told of that generation here, so it is of this very group.
      if (previous?.number !== generation || !previous.told.has(memberId)) return
      const place = fieldOf(seen, 'response', kind === 'commit' ? 'topics' : 'errorCode')
      tell({
        ...place,
        message: `The ${WHAT[kind]} of ${named(memberId)} is for generation ${generation} and is answered as well, though generation ${current.number} began with #${current.formed.exchange}.`,
        causes: because(
          'generation-not-checked',
          0.9,
          'the coordinator does not compare the generation in the request with its own',
          place,
        ),
        exchanges: [current.formed.exchange, seen.exchange.id],
      })
    },
  }),
}
