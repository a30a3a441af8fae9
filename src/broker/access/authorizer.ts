/**
 * Who may do what: the decisions of StandardAuthorizer of Apache Kafka. What is denied to somebody is denied whatever
 * else is allowed; what nothing is said of is denied, or allowed where `allowIfNoAcl` and no entry is about the resource.
 */
import { IMPLIED_BY, OPERATION, PATTERN, PERMISSION, WILDCARD } from '../../../dissectors/acls.ts'
import { addTo } from '../lists.ts'
import { type Acl, type AclFilter, aclKey, filterTakes } from './acl.ts'
import { hostTakes } from './hosts.ts'

export interface AuthorizerOptions {
  readonly acls: readonly Acl[]
  /** super.users: `User:admin` */
  readonly superUsers: ReadonlySet<string>
  /** allow.everyone.if.no.acl.found */
  readonly allowIfNoAcl: boolean
}

/** Entries at most; beyond, no more are taken. */
export const MAX_ACLS = 10_000

const ANYBODY = `User:${WILDCARD}`

/** Entries about resources of one type, to be found by the names of these. */
class ByName {
  readonly literal = new Map<string, Acl[]>()
  readonly prefixed = new Map<string, Acl[]>()
  /** Of the prefixes, each once. */
  readonly lengths = new Set<number>()

  add(acl: Acl): void {
    const names = acl.patternType === PATTERN.PREFIXED ? this.prefixed : this.literal
    addTo(names, acl.resourceName, acl)
    if (acl.patternType === PATTERN.PREFIXED) this.lengths.add(acl.resourceName.length)
  }

  *about(name: string): Generator<Acl> {
    yield* this.literal.get(name) ?? []
    if (name !== WILDCARD) yield* this.literal.get(WILDCARD) ?? []
    for (const length of this.lengths) {
      if (length <= name.length) yield* this.prefixed.get(name.slice(0, length)) ?? []
    }
  }
}

export class Authorizer {
  private readonly superUsers: ReadonlySet<string>
  private readonly allowIfNoAcl: boolean
  private readonly fromFile: ReadonlyMap<string, Acl>
  private byKey: Map<string, Acl>
  private byType = new Map<number, ByName>()
  /** Another number whenever entries have changed. */
  version = 0

  constructor({ acls, superUsers, allowIfNoAcl }: AuthorizerOptions) {
    this.superUsers = superUsers
    this.allowIfNoAcl = allowIfNoAcl
    this.fromFile = new Map(acls.map((acl) => [aclKey(acl), acl]))
    this.byKey = new Map(this.fromFile)
    this.index()
  }

  private index(): void {
    this.version++
    this.byType = new Map()
    for (const acl of this.byKey.values()) this.indexOne(acl)
  }

  private indexOne(acl: Acl): void {
    const names = this.byType.get(acl.resourceType) ?? new ByName()
    this.byType.set(acl.resourceType, names)
    names.add(acl)
  }

  /** Whether `principal` (`User:alice`) at `host` (an address) may do this with the resource. */
  may(principal: string, host: string, operation: number, resourceType: number, name: string): boolean {
    if (this.superUsers.has(principal)) return true
    let about = false
    let allowed = false
    for (const acl of this.byType.get(resourceType)?.about(name) ?? []) {
      about = true
      if (!isFor(acl, principal, host)) continue
      if (acl.permissionType === PERMISSION.ALLOW) allowed ||= gives(acl.operation, operation)
      else if (acl.operation === operation || acl.operation === OPERATION.ALL) return false
    }
    return allowed || (!about && this.allowIfNoAcl)
  }

  /**
   * Whether there can be a resource of this type that the principal may do this with (KIP-679; authorizeByResourceType
   * of Kafka's Authorizer). Nothing is implied by other operations here.
   */
  mayAny(principal: string, host: string, operation: number, resourceType: number): boolean {
    if (this.may(principal, host, operation, resourceType, 'hardcode')) return true
    const names = this.byType.get(resourceType)
    if (!names) return false
    const holds = (acl: Acl, permission: number): boolean =>
      acl.permissionType === permission &&
      (acl.operation === operation || acl.operation === OPERATION.ALL) &&
      isFor(acl, principal, host)
    const some = (acls: readonly Acl[] | undefined, permission: number): boolean =>
      acls?.some((acl) => holds(acl, permission)) ?? false
    if (some(names.literal.get(WILDCARD), PERMISSION.DENY)) return false
    if (some(names.literal.get(WILDCARD), PERMISSION.ALLOW)) return true
    const isUnderDenied = (name: string): boolean =>
      [...names.lengths].some(
        (length) => length <= name.length && some(names.prefixed.get(name.slice(0, length)), PERMISSION.DENY),
      )
    for (const [name, acls] of names.literal) {
      if (some(acls, PERMISSION.ALLOW) && !some(acls, PERMISSION.DENY) && !isUnderDenied(name)) return true
    }
    for (const [name, acls] of names.prefixed) {
      if (some(acls, PERMISSION.ALLOW) && !isUnderDenied(name)) return true
    }
    return false
  }

  /** Adds an entry, unless it is there. Returns whether there was room for it. */
  add(acl: Acl): boolean {
    const key = aclKey(acl)
    if (this.byKey.has(key)) return true
    if (this.byKey.size >= MAX_ACLS) return false
    this.byKey.set(key, acl)
    this.indexOne(acl)
    this.version++
    return true
  }

  /** The entries that a filter takes. */
  matching(filter: AclFilter): Acl[] {
    return [...this.byKey.values()].filter((acl) => filterTakes(filter, acl))
  }

  /** Takes entries away. */
  remove(acls: readonly Acl[]): void {
    for (const acl of acls) this.byKey.delete(aclKey(acl))
    if (acls.length > 0) this.index()
  }

  /** What has changed since the file was read. */
  changes(): { readonly added: Acl[]; readonly removed: Acl[] } {
    return {
      added: [...this.byKey].flatMap(([key, acl]) => (this.fromFile.has(key) ? [] : [acl])),
      removed: [...this.fromFile].flatMap(([key, acl]) => (this.byKey.has(key) ? [] : [acl])),
    }
  }

  /** Makes changes of an earlier time anew: what the file has now is not lost by them. */
  restore({ added, removed }: { readonly added: readonly Acl[]; readonly removed: readonly Acl[] }): void {
    const gone = new Set(removed.map(aclKey))
    const kept = [...this.fromFile].filter(([key]) => !gone.has(key))
    this.byKey = new Map([...kept, ...added.map((acl) => [aclKey(acl), acl] as const)])
    this.index()
  }
}

const isFor = (acl: Acl, principal: string, host: string): boolean =>
  (acl.principal === principal || acl.principal === ANYBODY) && hostTakes(acl.host, host)

const gives = (given: number, wanted: number): boolean =>
  given === wanted || given === OPERATION.ALL || (IMPLIED_BY.get(wanted)?.includes(given) ?? false)
