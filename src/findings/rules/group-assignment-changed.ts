import { SYNC } from '../groups/apis.ts'
import { fingerprint, NOTHING } from '../groups/consumer-protocol.ts'
import type { Generation, Group } from '../groups/group.ts'
import { because, fieldOf, named } from '../groups/say.ts'
import type { Synced } from '../groups/step.ts'
import type { SessionRule } from '../rule.ts'

/** A member gets another assignment than the leader sent for it. */
export const groupAssignmentChanged: SessionRule = {
  kind: 'session',
  code: 'group/assignment-changed',
  severity: 'error',
  apis: [SYNC],
  watch: ({ groups }) => ({
    exchange(seen, tell) {
      const { step } = groups
      if (step?.kind !== 'synced' || step.error !== 0 || step.assignment === null) return
      const { told, group, memberId } = step
      if (!told?.sent || !told.synced || !sound(step, told, group)) return
      // The leader's own request: an answer from before it is another finding's business.
      if ((seen.exchange.response?.time ?? 0) < told.synced.time) return
      const got = fingerprint(step.assignment)
      const sent = told.sent.get(memberId)
      if (got === (sent ?? NOTHING)) return
      const place = fieldOf(seen, 'response', 'assignment')
      const other = got === NOTHING ? null : [...told.sent].find(([id, one]) => one === got && id !== memberId)
      tell({
        ...place,
        message: `${named(memberId)} ${given(sent, got, other?.[0])} in #${told.synced.exchange}.`,
        causes: other
          ? because('assignment-misdirected', 0.9, 'the coordinator hands assignments to the wrong members', place)
          : because('assignment-altered', 0.6, 'the coordinator does not pass on what the leader sent as it is', place),
        exchanges: [told.synced.exchange, seen.exchange.id],
      })
    },
  }),
}

function given(sent: string | undefined, got: string, other: string | undefined): string {
  if (other !== undefined) return `is given the assignment that the leader sent for ${named(other)}`
  if (got === NOTHING) return 'is given an empty assignment, though the leader sent one for it'
  if (sent === undefined) return 'is given an assignment, though the leader sent none for it'
  return 'is given other bytes than the leader sent for it'
}

/** Whether all that the leader sent was seen, and the member is the one that it was sent for. */
function sound({ memberId }: Synced, { leader, sent }: Generation, { members, mixed }: Group): boolean {
  const sender = members.get(leader)
  if (mixed || !sender || sender.line.broken) return false
  // A static member that came back gets what was sent for it under its old id.
  return sent!.has(memberId) || members.get(memberId)?.instanceId === null
}
