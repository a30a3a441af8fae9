/** DescribeClientQuotas (KIP-546): those of entities that fit a filter. */
import type { Answer, Handler } from '../api.ts'
import { ENTITY_TYPES, type EntityPart, entityOf } from '../quotas.ts'
import { repeated } from '../repeated.ts'
import { problem } from '../resources.ts'

interface Component {
  readonly entityType: string
  readonly matchType: number
  readonly match: string | null
}

interface Request {
  readonly components: readonly Component[]
  /** Whether entities may have no other parts. */
  readonly strict: boolean
}

/** DescribeClientQuotasRequest: a name, the default, any name. */
const EXACT = 0
const DEFAULT = 1
const SPECIFIED = 2

export const describeClientQuotas: Handler<Request> = {
  apiKey: 48,
  versions: [0, 1],
  handle({ components, strict }, { broker }) {
    const wrong = filterProblem(components)
    if (wrong) return { ...wrong, entries: null }
    const entries: Answer[] = []
    for (const [key, values] of broker.settings.quotas) {
      const entity = entityOf(key)
      if (!fits(entity, components, strict)) continue
      entries.push({
        entity: entity.map((part) => ({ ...part })),
        values: [...values].map(([key, value]) => ({ key, value })),
      })
    }
    return { errorMessage: '', entries }
  },
}

function fits(entity: readonly EntityPart[], components: readonly Component[], strict: boolean): boolean {
  if (strict && entity.length !== components.length) return false
  return components.every(({ entityType, matchType, match }) => {
    const part = entity.find((each) => each.entityType === entityType)
    if (!part) return false
    return matchType === SPECIFIED || part.entityName === (matchType === EXACT ? match : null)
  })
}

function filterProblem(components: readonly Component[]) {
  const invalid = (text: string) => problem('INVALID_REQUEST', text)
  const twice = repeated(components.map(({ entityType }) => entityType))
  for (const { entityType, matchType, match } of components) {
    if (entityType === '') return invalid('Invalid empty entity type.')
    if (matchType < EXACT || matchType > SPECIFIED) return invalid(`Unknown match type ${matchType}`)
    if (matchType === EXACT && match === null) {
      return invalid('Request specified MATCH_TYPE_EXACT, but set match string to null.')
    }
    if (matchType !== EXACT && match !== null) {
      const name = matchType === DEFAULT ? 'MATCH_TYPE_DEFAULT' : 'MATCH_TYPE_SPECIFIED'
      return invalid(`Request specified ${name}, but also specified a match string.`)
    }
    if (twice.has(entityType)) return invalid(`Entity type ${entityType} cannot appear more than once in the filter.`)
    if (!ENTITY_TYPES.has(entityType)) return problem('UNSUPPORTED_VERSION', `Unsupported entity type ${entityType}`)
  }
  if (components.length > 1 && components.some(({ entityType }) => entityType === 'ip')) {
    return invalid(
      'Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component.',
    )
  }
  return null
}
