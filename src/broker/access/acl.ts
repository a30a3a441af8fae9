/** An access control list's entry, and filters over them, as CreateAcls and DescribeAcls carry them. */
import { ANY, CLUSTER_NAME, OPERATION, PATTERN, PERMISSION, RESOURCE_TYPE, WILDCARD } from '../../../dissectors/acls.ts'
import { hostProblem } from './hosts.ts'

/** Codes are those of `dissectors/acls.ts`. */
export interface Acl {
  readonly resourceType: number
  readonly resourceName: string
  /** `PATTERN.LITERAL` or `PATTERN.PREFIXED`. */
  readonly patternType: number
  /** `User:alice` */
  readonly principal: string
  /** An address, or `*`. */
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

/** Null and `ANY` hold for all. */
export interface AclFilter {
  readonly resourceType: number
  readonly resourceName: string | null
  readonly patternType: number
  readonly principal: string | null
  readonly host: string | null
  readonly operation: number
  readonly permissionType: number
}

/** One name for an entry: two that are equal in all have the same. */
export const aclKey = (acl: Acl): string =>
  JSON.stringify([
    acl.resourceType,
    acl.resourceName,
    acl.patternType,
    acl.principal,
    acl.host,
    acl.operation,
    acl.permissionType,
  ])

/** Whether a filter takes an entry (AclBindingFilter of kafka-clients). */
export function filterTakes(filter: AclFilter, acl: Acl): boolean {
  const code = (wanted: number, have: number): boolean => wanted === ANY || wanted === have
  const text = (wanted: string | null, have: string): boolean => wanted === null || wanted === have
  return (
    code(filter.resourceType, acl.resourceType) &&
    takesName(filter, acl) &&
    text(filter.principal, acl.principal) &&
    text(filter.host, acl.host) &&
    code(filter.operation, acl.operation) &&
    code(filter.permissionType, acl.permissionType)
  )
}

function takesName({ patternType, resourceName: wanted }: AclFilter, acl: Acl): boolean {
  const { patternType: kind, resourceName } = acl
  if (patternType !== ANY && patternType !== PATTERN.MATCH && patternType !== kind) return false
  if (wanted === null || wanted === resourceName) return true
  if (patternType !== PATTERN.MATCH) return false
  return kind === PATTERN.PREFIXED ? wanted.startsWith(resourceName) : resourceName === WILDCARD
}

const codes = (known: { readonly [name: string]: number }): ReadonlySet<number> => new Set(Object.values(known))
const TYPES = codes(RESOURCE_TYPE)
const OPERATIONS = codes(OPERATION)
const PERMISSIONS = codes(PERMISSION)
const PATTERNS = codes(PATTERN)

/** Whether all codes of a filter are known; one with others takes nothing. */
export const isKnown = (acl: AclFilter): boolean =>
  isCode(TYPES, acl.resourceType) &&
  isCode(PATTERNS, acl.patternType) &&
  isCode(OPERATIONS, acl.operation) &&
  isCode(PERMISSIONS, acl.permissionType)

const isCode = (known: ReadonlySet<number>, code: number): boolean => code === ANY || known.has(code)

/** Whether a code is one for filters only: kafka-clients makes no entry of such a request, nor of any with it. */
export const isForFilters = (acl: Acl): boolean =>
  acl.patternType === PATTERN.MATCH ||
  [acl.resourceType, acl.patternType, acl.operation, acl.permissionType].includes(ANY)

/** Why no such entry can be made; null where one can (AclApis and AclControlManager of Apache Kafka). */
export function aclProblem(acl: Acl): string | null {
  const { resourceType, patternType, operation, permissionType, resourceName, principal, host } = acl
  if (resourceType === RESOURCE_TYPE.CLUSTER && resourceName !== CLUSTER_NAME) {
    return `The only valid name for the CLUSTER resource is ${CLUSTER_NAME}`
  }
  if (!TYPES.has(resourceType)) return 'Invalid resourceType UNKNOWN'
  if (patternType !== PATTERN.LITERAL && patternType !== PATTERN.PREFIXED) return 'Invalid patternType UNKNOWN'
  if (!OPERATIONS.has(operation)) return 'Invalid operation UNKNOWN'
  if (!PERMISSIONS.has(permissionType)) return 'Invalid permissionType UNKNOWN'
  if (resourceName === '') return 'Resource name should not be empty'
  if (!principal.includes(':'))
    return `Could not parse principal from \`${principal}\` (no colon is present separating the principal type from the principal name)`
  return hostProblem(host)
}
