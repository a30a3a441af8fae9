/** AlterClientQuotas (KIP-546): kept and told, not enforced. */
import type { Answer, Context, Handler } from '../api.ts'
import { type EntityPart, entityKey, entityOf, entityProblem, quotaProblem } from '../quotas.ts'
import { repeated } from '../repeated.ts'
import { problem } from '../resources.ts'
import { MAX_KEPT } from '../settings.ts'

interface Entry {
  readonly entity: readonly EntityPart[]
  readonly ops: readonly { readonly key: string; readonly value: number; readonly remove: boolean }[]
}

interface Request {
  readonly entries: readonly Entry[]
  readonly validateOnly: boolean
}

export const alterClientQuotas: Handler<Request> = {
  apiKey: 49,
  versions: [0, 1],
  handle: ({ entries, validateOnly }, context) => ({
    entries: entries.map((entry) => {
      const wrong = alter(entry, validateOnly, context)
      const entity = entityOf(entityKey(entry.entity)).map((part) => ({ ...part }))
      return {
        errorCode: 0,
        errorMessage: null,
        ...(wrong !== null && problem('INVALID_REQUEST', wrong)),
        entity,
      } satisfies Answer
    }),
  }),
}

/** Returns why nothing was changed; null where it was. */
function alter({ entity, ops }: Entry, validateOnly: boolean, { broker }: Context): string | null {
  const { quotas } = broker.settings
  const wrong = entityProblem(entity)
  if (wrong !== null) return wrong
  if (repeated(ops.map(({ key }) => key)).size > 0) {
    const parts = entityOf(entityKey(entity)).map(({ entityType, entityName }) => `${entityType}=${entityName}`)
    return `Ignoring duplicate entity ClientQuotaEntity(entries={${parts.join(', ')}})`
  }
  const key = entityKey(entity)
  const values = new Map(quotas.get(key))
  for (const op of ops) {
    // What is removed need not be there, but must have a name that could be.
    const refused = quotaProblem(entity, op.key, op.remove ? 1 : op.value)
    if (refused !== null) return refused
    if (op.remove) values.delete(op.key)
    else values.set(op.key, op.value)
  }
  if (validateOnly) return null
  if (values.size === 0) quotas.delete(key)
  else if (quotas.has(key) || quotas.size < MAX_KEPT) quotas.set(key, values)
  else return `This broker keeps quotas of at most ${MAX_KEPT} entities.`
  return null
}
