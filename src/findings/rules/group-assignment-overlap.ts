import { SYNC } from '../groups/apis.ts'
import { assigningOf } from '../groups/assignments.ts'
import { fieldOf, named } from '../groups/say.ts'
import type { SessionRule } from '../rule.ts'

/** The leader assigns a partition to two members. */
export const groupAssignmentOverlap: SessionRule = {
  kind: 'session',
  code: 'group/assignment-overlap',
  severity: 'warning',
  apis: [SYNC],
  watch: ({ groups }) => ({
    request(seen, tell) {
      const assigning = assigningOf(groups.step, seen)
      if (!assigning) return
      const owners = new Map<string, string>()
      let first: string | null = null
      let count = 0
      for (const [id, partitions] of assigning.assignments)
        for (const [topic, numbers] of partitions)
          for (const partition of numbers) {
            const key = `${named(topic)} ${partition}`
            const owner = owners.get(key)
            owners.set(key, id)
            if (owner === undefined) continue
            count++
            first ??= `${key} to ${named(owner)} and to ${named(id)}`
          }
      if (first === null) return
      tell({
        ...fieldOf(seen, 'request', 'assignments'),
        message: `The leader of generation ${assigning.leads.number} assigns ${first}${count > 1 ? `, and ${count - 1} partitions more twice` : ''}: both read it.`,
      })
    },
  }),
}
