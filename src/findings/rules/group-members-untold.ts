import { JOIN } from '../groups/apis.ts'
import type { Generation, Group } from '../groups/group.ts'
import { because, fieldOf, named, several } from '../groups/say.ts'
import type { Joined } from '../groups/step.ts'
import type { SessionRule } from '../rule.ts'
import type { Seen } from '../seen.ts'
import type { Tell } from '../watch.ts'

/** Members of a generation that its leader was not told of. */
export const groupMembersUntold: SessionRule = {
  kind: 'session',
  code: 'group/members-untold',
  severity: 'error',
  apis: [JOIN],
  watch: ({ groups }) => ({
    exchange(seen, tell) {
      const { step } = groups
      if (step?.kind !== 'joined' || !step.told || step.group.mixed || step.leader === '') return
      if (step.memberId === step.leader) leaderTold(step, step.told, seen, tell)
      else followerTold(step, step.told, seen, tell)
    },
  }),
}

const WHY = 'the coordinator answers the leader before the others have joined, with those who were there by then'

function leaderTold({ group, members, generation }: Joined, told: Generation, seen: Seen, tell: Tell): void {
  const place = fieldOf(seen, 'response', 'members')
  if (members.length === 0) {
    tell({ ...place, message: `The leader of generation ${generation} is told of no members, itself not either.` })
    return
  }
  if (told.listed?.exchange !== seen.exchange.id || !told.list) return
  const untold = [...told.told.keys()].filter((id) => !told.list!.has(id) && dynamic(group, id))
  if (untold.length === 0) return
  const exchanges = [seen.exchange.id, ...untold.map((id) => told.told.get(id)!.exchange)].slice(0, 20)
  tell({
    ...place,
    message: `The leader of generation ${generation} is not told of ${several(untold)}, who ${untold.length > 1 ? 'have' : 'has'} been told to be in it.`,
    causes: because('join-not-awaited', 0.8, WHY, place),
    exchanges,
  })
}

/** Static members keep their place in the list under another member id. */
const dynamic = (group: Group, id: string): boolean => group.members.get(id)?.instanceId === null

function followerTold({ memberId, instanceId, generation }: Joined, told: Generation, seen: Seen, tell: Tell): void {
  if (!told.list || !told.listed || told.list.has(memberId) || instanceId !== null) return
  const place = fieldOf(seen, 'response', 'memberId')
  tell({
    ...place,
    message: `${named(memberId)} is told to be in generation ${generation}, of which the leader was told in #${told.listed.exchange} without it: it will be assigned nothing.`,
    causes: because('join-not-awaited', 0.8, WHY, place),
    exchanges: [told.listed.exchange, seen.exchange.id],
  })
}
