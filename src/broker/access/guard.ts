/** Where all requests are asked for what their senders may do. */
import type { Broker } from '../broker.ts'
import type { Value } from '../values.ts'
import type { Access } from './access.ts'
import { CLUSTER_RULES } from './cluster.ts'
import { GROUP_RULES } from './groups.ts'
import { RECORD_RULES } from './records.ts'
import type { Ask, Rule } from './rule.ts'
import { TOPIC_RULES } from './topics.ts'
import { TRANSACTION_RULES } from './transactions.ts'

const RULES: ReadonlyMap<number, Rule> = new Map([
  ...RECORD_RULES,
  ...TOPIC_RULES,
  ...GROUP_RULES,
  ...TRANSACTION_RULES,
  ...CLUSTER_RULES,
])

/** APIs that nothing is needed for, or whose handlers ask themselves: Fetch, logging in, versions, tokens, telemetry. */
export const UNRULED: ReadonlySet<number> = new Set([1, 17, 18, 36, 38, 39, 40, 41, 71, 72])

/** Asks the handler for what the client may ask, and tells it no more than it may know. */
export function guardAccess(
  apiKey: number,
  version: number,
  body: unknown,
  access: Access,
  broker: Broker,
  ask: Ask,
): ReturnType<Ask> {
  const rule = RULES.get(apiKey)
  return rule && broker.authorizer ? rule(body as Value, { apiKey, access, version, broker }, ask) : ask(body as Value)
}

/** APIs that there is a rule for. */
export const ruledApis = (): number[] => [...RULES.keys()]
