/** The assignments in a leader's SyncGroup, read once for all rules. */
import type { Exchange } from '../../session/exchange.ts'
import type { Seen } from '../seen.ts'
import { assignmentOf, type Subscription, subscriptionOf } from './consumer-protocol.ts'
import type { Generation, Partitions } from './group.ts'
import type { Step } from './step.ts'
import { objectsOf, textOf } from './values.ts'

export interface Assigning {
  readonly leads: Generation
  /** By member id. */
  readonly assignments: ReadonlyMap<string, Partitions>
  /** Of the members that the leader was told of; null where that is not known, or one can't be read. */
  readonly subscriptions: ReadonlyMap<string, Subscription> | null
}

/** The newest: rules ask for it one after the other. */
let newest: { readonly exchange: Exchange; readonly assigning: Assigning | null } | null = null

/** What a leader's first SyncGroup of a generation assigns; null for any other step, and where it can't be read. */
export function assigningOf(step: Step | null, seen: Seen): Assigning | null {
  if (step?.kind !== 'asked' || !step.leads || step.leads.synced?.exchange !== seen.exchange.id) return null
  if (step.group.protocolType !== 'consumer' || step.group.mixed) return null
  if (newest?.exchange !== seen.exchange) newest = { exchange: seen.exchange, assigning: readAll(step.leads, seen) }
  return newest.assigning
}

function readAll(leads: Generation, seen: Seen): Assigning | null {
  const assignments = new Map<string, Partitions>()
  for (const one of objectsOf(seen.body('request')?.assignments)) {
    const partitions = assignmentOf(one.assignment)
    if (!partitions) return null
    assignments.set(textOf(one.memberId), partitions)
  }
  const subscriptions = new Map<string, Subscription>()
  for (const [id, { metadata }] of leads.list ?? []) {
    const subscription = subscriptionOf(metadata)
    if (!subscription) return { leads, assignments, subscriptions: null }
    subscriptions.set(id, subscription)
  }
  return { leads, assignments, subscriptions: subscriptions.size > 0 ? subscriptions : null }
}
