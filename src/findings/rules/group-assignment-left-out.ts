import { Bounded } from '../bounded.ts'
import { SYNC } from '../groups/apis.ts'
import { type Assigning, assigningOf } from '../groups/assignments.ts'
import { fieldOf, named } from '../groups/say.ts'
import { child, elements, stringOf, top, whole } from '../lines.ts'
import type { SessionRule } from '../rule.ts'
import type { Seen } from '../seen.ts'
import type { Watch } from '../watch.ts'

const METADATA = 3
const MAX_TOPICS = 10_000
/** A client may go by what it was told as long ago as this (`metadata.max.age.ms`). */
const AGE_US = 300_000_000

interface Count {
  readonly partitions: number
  /** When it became so many, from another number; 0 where it always was. */
  readonly changed: number
}

/** The leader leaves out partitions of a topic that somebody in the group subscribed. */
export const groupAssignmentLeftOut: SessionRule = {
  kind: 'session',
  code: 'group/assignment-left-out',
  severity: 'warning',
  apis: [SYNC, METADATA],
  watch: ({ groups }): Watch => {
    const counts = new Bounded<string, Count>(MAX_TOPICS)
    return {
      request(seen, tell) {
        const assigning = assigningOf(groups.step, seen)
        const left = assigning && leftOut(assigning, counts, seen.exchange.request!.time)
        if (!left) return
        const { topic, partition, count } = left
        tell({
          ...fieldOf(seen, 'request', 'assignments'),
          message: `The leader of generation ${assigning.leads.number} assigns ${named(topic)} ${partition} to nobody${count > 1 ? `, nor ${count - 1} other partitions` : ''}, though it is subscribed.`,
        })
      },
      exchange(seen) {
        if (seen.exchange.apiKey === METADATA) learn(counts, seen)
      },
    }
  },
}

function learn(counts: Bounded<string, Count>, seen: Seen): void {
  const frame = seen.frame('response')
  if (!whole(frame)) return
  const time = seen.exchange.response?.time ?? 0
  for (const line of elements(frame.table, top(frame, 'topics'))) {
    const name = stringOf(frame, line, 'name')
    if (name === null) continue
    const partitions = elements(frame.table, child(frame.table, line, 'partitions')).length
    const known = counts.get(name)
    // None: it is being made, or it is gone.
    const changed = known && known.partitions !== partitions && known.partitions > 0 ? time : (known?.changed ?? 0)
    if (known?.partitions !== partitions) counts.set(name, { partitions, changed })
  }
}

function leftOut({ assignments, subscriptions }: Assigning, counts: Bounded<string, Count>, time: number) {
  if (!subscriptions) return null
  let first: { topic: string; partition: number } | null = null
  let count = 0
  for (const topic of new Set([...subscriptions.values()].flatMap(({ topics }) => topics))) {
    const known = counts.get(topic)
    if (!known || (known.changed > 0 && time - known.changed < AGE_US)) continue
    const given = new Set<number>()
    for (const partitions of assignments.values()) for (const one of partitions.get(topic) ?? []) given.add(one)
    // A cooperative assignor leaves out what a member has yet to give back.
    for (const { owned } of subscriptions.values()) for (const one of owned.get(topic) ?? []) given.add(one)
    for (let partition = 0; partition < known.partitions; partition++) {
      if (given.has(partition)) continue
      first ??= { topic, partition }
      count++
    }
  }
  return first && { ...first, count }
}
