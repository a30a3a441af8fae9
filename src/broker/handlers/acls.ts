/** DescribeAcls, CreateAcls and DeleteAcls (KIP-140); without an authorizer they are refused, as Apache Kafka does. */
import { PATTERN } from '../../../dissectors/acls.ts'
import { type Acl, type AclFilter, aclKey, aclProblem, isForFilters, isKnown } from '../access/acl.ts'
import { type Authorizer, MAX_ACLS } from '../access/authorizer.ts'
import type { Answer, Handler } from '../api.ts'
import { addTo } from '../lists.ts'
import { type Problem, problem } from '../resources.ts'

interface FilterFields {
  readonly resourceTypeFilter: number
  readonly resourceNameFilter: string | null
  /** v1+ (KIP-290); before, names were literal. */
  readonly patternTypeFilter?: number
  readonly principalFilter: string | null
  readonly hostFilter: string | null
  readonly operation: number
  readonly permissionType: number
}

interface Creation {
  readonly resourceType: number
  readonly resourceName: string
  /** v1+ */
  readonly resourcePatternType?: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

/** As Errors of kafka-clients words it. */
const UNEXPECTED = 'The server experienced an unexpected error when processing the request.'

/** Entries that an answer to DeleteAcls has at most; each filter counts as one. */
const MAX_TOLD = 2 * MAX_ACLS

const disabled = (text: string): Problem => problem('SECURITY_DISABLED', text)

const filterOf = (fields: FilterFields): AclFilter => ({
  resourceType: fields.resourceTypeFilter,
  resourceName: fields.resourceNameFilter,
  patternType: fields.patternTypeFilter ?? PATTERN.LITERAL,
  principal: fields.principalFilter,
  host: fields.hostFilter,
  operation: fields.operation,
  permissionType: fields.permissionType,
})

const aclOf = ({ resourcePatternType: patternType = PATTERN.LITERAL, ...creation }: Creation): Acl => ({
  resourceType: creation.resourceType,
  resourceName: creation.resourceName,
  patternType,
  principal: creation.principal,
  host: creation.host,
  operation: creation.operation,
  permissionType: creation.permissionType,
})

/** v0 has no field for other patterns than literal ones: it is not shown those. */
const filterFor = (filter: AclFilter, version: number): AclFilter =>
  version === 0 ? { ...filter, patternType: PATTERN.LITERAL } : filter

export const describeAcls: Handler<FilterFields> = {
  apiKey: 29,
  versions: [0, 3],
  handle(request, { broker, version }) {
    const { authorizer } = broker
    if (!authorizer) return { ...disabled('No Authorizer is configured on the broker'), resources: [] }
    const filter = filterFor(filterOf(request), version)
    const byPattern = new Map<string, Acl[]>()
    for (const acl of authorizer.matching(filter)) {
      addTo(byPattern, JSON.stringify([acl.resourceType, acl.resourceName, acl.patternType]), acl)
    }
    return {
      errorMessage: '',
      resources: [...byPattern.values()].map((acls) => {
        const { resourceType, resourceName, patternType } = acls[0]!
        const entries = acls.map(({ principal, host, operation, permissionType }) => ({
          ...{ principal, host, operation, permissionType },
        }))
        return { resourceType, resourceName, patternType, acls: entries }
      }),
    }
  },
}

export const createAcls: Handler<{ readonly creations: readonly Creation[] }> = {
  apiKey: 30,
  versions: [0, 3],
  handle({ creations }, { broker: { authorizer } }) {
    if (!authorizer) return { results: creations.map(() => ({ ...disabled('No Authorizer is configured.') })) }
    const acls = creations.map(aclOf)
    if (acls.some(isForFilters))
      return { results: acls.map(() => ({ ...problem('UNKNOWN_SERVER_ERROR', UNEXPECTED) })) }
    return { results: acls.map((acl) => ({ errorMessage: '', ...create(acl, authorizer) })) }
  },
}

function create(acl: Acl, authorizer: Authorizer): Problem | null {
  const wrong = aclProblem(acl)
  if (wrong !== null) return problem('INVALID_REQUEST', wrong)
  if (authorizer.add(acl)) return null
  return problem('POLICY_VIOLATION', `This broker keeps at most ${MAX_ACLS} ACLs.`)
}

export const deleteAcls: Handler<{ readonly filters: readonly FilterFields[] }> = {
  apiKey: 31,
  versions: [0, 3],
  handle({ filters }, { broker: { authorizer }, version }) {
    if (!authorizer) return { filterResults: filters.map(() => ({ ...disabled('No Authorizer is configured.') })) }
    const wanted = filters.map((fields) => filterFor(filterOf(fields), version))
    // What two filters take is told of with both: a small request must not have a huge answer by that.
    let room = MAX_TOLD
    const taken = wanted.map((filter): readonly Acl[] | Problem => {
      if (!isKnown(filter)) return problem('INVALID_REQUEST', 'Unknown filter.')
      const acls = room > 0 ? authorizer.matching(filter) : []
      room -= Math.max(1, acls.length)
      return room < 0 ? problem('POLICY_VIOLATION', 'This broker deletes fewer ACLs at once.') : acls
    })
    const all = taken.flatMap((acls) => ('errorCode' in acls ? [] : acls))
    authorizer.remove([...new Map(all.map((acl) => [aclKey(acl), acl])).values()])
    return {
      filterResults: taken.map((acls) =>
        'errorCode' in acls ? { ...acls, matchingAcls: [] } : { errorMessage: null, matchingAcls: acls.map(matched) },
      ),
    }
  },
}

const matched = (acl: Acl): Answer => ({ errorCode: 0, errorMessage: null, ...acl })
