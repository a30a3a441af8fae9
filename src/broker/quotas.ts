/** Client quotas as they are kept (KIP-546): what may be limited for whom. Nothing is throttled here. */

export interface EntityPart {
  readonly entityType: string
  /** Null: the default of the type. */
  readonly entityName: string | null
}

const USER_OR_CLIENT = ['producer_byte_rate', 'consumer_byte_rate', 'request_percentage', 'controller_mutation_rate']
const KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['user', USER_OR_CLIENT],
  ['client-id', USER_OR_CLIENT],
  ['ip', ['connection_creation_rate']],
])
/** Those that are whole numbers. */
const WHOLE: ReadonlySet<string> = new Set(['producer_byte_rate', 'consumer_byte_rate', 'connection_creation_rate'])

export const ENTITY_TYPES: ReadonlySet<string> = new Set(KEYS.keys())

/** One name for an entity, however its parts are ordered. A type named twice counts once, as it was last. */
export const entityKey = (parts: readonly EntityPart[]): string =>
  JSON.stringify([...new Map(parts.map(({ entityType, entityName }) => [entityType, entityName]))].sort())

export const entityOf = (key: string): EntityPart[] =>
  (JSON.parse(key) as [string, string | null][]).map(([entityType, entityName]) => ({ entityType, entityName }))

/** Whether quotas can be set for this entity: null, or why not. */
export function entityProblem(parts: readonly EntityPart[]): string | null {
  if (parts.length === 0) return 'Invalid empty client quota entity'
  for (const { entityType, entityName } of parts) {
    if (!ENTITY_TYPES.has(entityType)) return `Unhandled client quota entity type: ${entityType}`
    if (entityName === '') return `Empty ${entityType} not supported`
  }
  const types = new Set(parts.map(({ entityType }) => entityType))
  if (types.has('ip') && types.size > 1) {
    return 'Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId'
  }
  const ip = parts.find(({ entityType, entityName }) => entityType === 'ip' && entityName !== null)
  return ip && !/^[0-9A-Za-z.:-]+$/.test(ip.entityName!)
    ? `${ip.entityName} is not a valid IP or resolvable host.`
    : null
}

/** Whether the entity can have this limit: null, or why not. */
export function quotaProblem(parts: readonly EntityPart[], key: string, value: number): string | null {
  if (!KEYS.get(parts[0]!.entityType)!.includes(key)) return `Invalid configuration key ${key}`
  if (!(value > 0)) return `Quota ${key} must be greater than 0`
  return WHOLE.has(key) && !Number.isInteger(value) ? `${key} cannot be a fractional value.` : null
}
