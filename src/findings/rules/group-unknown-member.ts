import { CONSUMER_HEARTBEAT, HEARTBEAT, OFFSET_COMMIT, SYNC, TXN_OFFSET_COMMIT } from '../groups/apis.ts'
import type { Group } from '../groups/group.ts'
import { because, fieldOf, named } from '../groups/say.ts'
import type { Step } from '../groups/step.ts'
import type { SessionRule } from '../rule.ts'

const WHAT = { heartbeat: 'heartbeat', epoch: 'heartbeat', commit: 'commit', synced: 'SyncGroup' } as const

/** A heartbeat, commit or sync of somebody that is no member, answered as if all were well. */
export const groupUnknownMember: SessionRule = {
  kind: 'session',
  code: 'group/unknown-member',
  severity: 'error',
  apis: [HEARTBEAT, SYNC, OFFSET_COMMIT, TXN_OFFSET_COMMIT, CONSUMER_HEARTBEAT],
  watch: ({ groups }) => ({
    exchange(seen, tell) {
      const { step } = groups
      if (!step || step.kind === 'asked' || step.kind === 'joined' || step.kind === 'left') return
      const why = step.error === 0 ? unknown(step) : null
      if (!why) return
      const place = fieldOf(seen, 'response', step.kind === 'commit' ? 'topics' : 'errorCode')
      tell({
        ...place,
        message: `The ${WHAT[step.kind]} of ${named(step.memberId)} is answered as well, though ${why.text}.`,
        causes: because(
          'member-not-checked',
          0.9,
          'the coordinator does not look whether the member id in the request is one of its own',
          place,
        ),
        exchanges: [why.exchange, seen.exchange.id],
      })
    },
  }),
}

type Answer = Exclude<Step, { kind: 'asked' | 'joined' | 'left' }>

function unknown({ group, memberId, generation, asked, kind }: Answer): { text: string; exchange: number } | null {
  // Without a generation a commit is that of a consumer which is in no group; epoch 0 joins.
  if (memberId === '' || generation < 0 || (kind === 'epoch' && generation === 0)) return null
  const gone = group.gone.get(memberId)
  if (gone && gone.time < asked)
    return { text: `it has been no member since #${gone.exchange}`, exchange: gone.exchange }
  return kind === 'epoch' ? null : unlisted(group, memberId, generation, asked)
}

function unlisted({ current, mixed }: Group, memberId: string, generation: number, asked: number) {
  if (!current?.list || !current.listed || mixed || generation !== current.number) return null
  if (current.listed.time >= asked || current.list.has(memberId) || current.told.has(memberId)) return null
  // Static members come back under other ids.
  if ([...current.list.values()].some(({ instanceId }) => instanceId !== null)) return null
  const { exchange } = current.listed
  return { text: `the members of generation ${generation}, told to its leader in #${exchange}, lack it`, exchange }
}
