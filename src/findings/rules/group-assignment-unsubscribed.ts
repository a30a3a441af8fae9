import { CONSUMER_HEARTBEAT, SYNC } from '../groups/apis.ts'
import { assigningOf } from '../groups/assignments.ts'
import { fieldOf, named } from '../groups/say.ts'
import type { Epoch } from '../groups/step.ts'
import type { SessionRule } from '../rule.ts'

/** A member is assigned a topic that it did not subscribe: by the leader, or (KIP-848) by the coordinator. */
export const groupAssignmentUnsubscribed: SessionRule = {
  kind: 'session',
  code: 'group/assignment-unsubscribed',
  severity: 'warning',
  apis: [SYNC, CONSUMER_HEARTBEAT],
  watch: ({ groups, state }) => ({
    request(seen, tell) {
      const assigning = assigningOf(groups.step, seen)
      if (!assigning?.subscriptions) return
      for (const [id, partitions] of assigning.assignments) {
        const subscription = assigning.subscriptions.get(id)
        const topic = subscription && [...partitions.keys()].find((one) => !subscription.topics.includes(one))
        if (topic === undefined) continue
        tell({
          ...fieldOf(seen, 'request', 'assignments'),
          message: `The leader of generation ${assigning.leads.number} assigns ${named(topic)} to ${named(id)}, which did not subscribe it.`,
        })
        return
      }
    },
    exchange(seen, tell) {
      const { step } = groups
      const topic = step?.kind === 'epoch' ? unsubscribed(step, state.topicNames) : null
      if (step?.kind !== 'epoch' || topic === null) return
      tell({
        ...fieldOf(seen, 'response', 'assignment'),
        message: `The coordinator assigns ${named(topic)} to ${named(step.memberId)}, which did not subscribe it.`,
      })
    },
  }),
}

/** Of a subscription that never changed: an assignment may be for the one before. */
function unsubscribed({ member, added }: Epoch, names: ReadonlyMap<string, string>): string | null {
  if (!member?.plain || !member.topics || member.line.broken) return null
  for (const id of added.keys()) {
    const name = names.get(id)
    if (name !== undefined && !member.topics.includes(name)) return name
  }
  return null
}
