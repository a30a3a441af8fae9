/**
 * A file of ACLs, for people to write: a line an entry,
 *
 *     User:alice Allow Read,Write Topic:orders
 *     User:bob Deny All Topic:pay- prefixed from 10.0.0.0/8
 *
 * or as `kafka-acls --list` prints them; and two settings of Kafka's server.properties, `super.users` and
 * `allow.everyone.if.no.acl.found`.
 */
import { CLUSTER_NAME, OPERATION, PATTERN, PERMISSION, RESOURCE_TYPE, WILDCARD } from '../../../dissectors/acls.ts'
import { type Acl, aclProblem } from './acl.ts'
import { type AuthorizerOptions, MAX_ACLS } from './authorizer.ts'

/** Of a line, its number counted from 1. */
export class AclFileError extends Error {
  readonly line: number
  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

type Codes = { readonly [name: string]: number }

/** Of the resource that lines of `kafka-acls --list` are about. */
type Pattern = Pick<Acl, 'resourceType' | 'resourceName' | 'patternType'>

/** Throws AclFileError. */
export function parseAcls(text: string): AuthorizerOptions {
  const acls: Acl[] = []
  const superUsers = new Set<string>()
  let allowIfNoAcl = false
  let about: Pattern | null = null
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const fail = (message: string): never => {
      throw new AclFileError(i + 1, message)
    }
    const setting = /^(super\.users|allow\.everyone\.if\.no\.acl\.found)\s*=\s*(.*)$/.exec(line)
    const listed = /^Current ACLs for resource `ResourcePattern\((.*)\)`:$/.exec(line)
    if (setting?.[1] === 'super.users') for (const user of superUsersOf(setting[2]!, fail)) superUsers.add(user)
    else if (setting) allowIfNoAcl = booleanOf(setting[2]!, fail)
    else if (listed) about = patternOf(fieldsOf(listed[1]!), fail)
    else if (line.startsWith('(')) acls.push(listedEntry(line, about ?? fail('an entry before its resource'), fail))
    else acls.push(...entriesOf(line, fail))
    const last = acls.at(-1)
    const problem = last ? aclProblem(last) : null
    if (problem) fail(problem)
    if (acls.length > MAX_ACLS) fail(`more than ${MAX_ACLS} entries`)
  }
  return { acls, superUsers, allowIfNoAcl }
}

type Fail = (message: string) => never

const superUsersOf = (value: string, fail: Fail): string[] =>
  value
    .split(';')
    .map((user) => user.trim())
    .filter((user) => user !== '')
    .map((user) => (user.includes(':') ? user : fail(`super.users: want User:NAME, have ${JSON.stringify(user)}`)))

function booleanOf(value: string, fail: Fail): boolean {
  if (value !== 'true' && value !== 'false') fail(`want true or false, have ${JSON.stringify(value)}`)
  return value === 'true'
}

/** `Read`, `read`, `TransactionalId` or `TRANSACTIONAL_ID`. */
function codeOf(codes: Codes, word: string, what: string, fail: Fail): number {
  const plain = (name: string): string => name.replaceAll('_', '').toLowerCase()
  const found = Object.entries(codes).find(([name]) => plain(name) === plain(word))
  return found?.[1] ?? fail(`no ${what} ${JSON.stringify(word)}; there are ${Object.keys(codes).join(', ')}`)
}

/** `PRINCIPAL Allow|Deny OPERATION,... TYPE:NAME [prefixed] [from HOST]`; words with blanks in double quotes. */
function entriesOf(line: string, fail: Fail): Acl[] {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)
  const [principal, permission, operations, resource, ...rest] = words
  if (!principal || !permission || !operations || !resource) {
    return fail('want PRINCIPAL Allow|Deny OPERATION TYPE:NAME, as in: User:alice Allow Read Topic:orders')
  }
  const colon = resource.indexOf(':')
  const type = colon < 0 ? resource : resource.slice(0, colon)
  const resourceType = codeOf(RESOURCE_TYPE, type, 'type of resource', fail)
  if (colon < 0 && resourceType !== RESOURCE_TYPE.CLUSTER) fail(`want TYPE:NAME, have ${JSON.stringify(resource)}`)
  const isPattern = /^(?:literal|prefixed)$/i.test(rest[0] ?? '')
  const patternType = isPattern ? codeOf(PATTERN, rest.shift()!, 'pattern', fail) : PATTERN.LITERAL
  const host = rest[0]?.toLowerCase() === 'from' ? (rest.splice(0, 2)[1] ?? fail('from: no host')) : WILDCARD
  if (rest.length > 0) fail(`can't read ${JSON.stringify(rest.join(' '))}`)
  return operations.split(',').map((operation) => ({
    resourceType,
    resourceName: colon < 0 ? CLUSTER_NAME : resource.slice(colon + 1),
    patternType,
    principal,
    host,
    operation: codeOf(OPERATION, operation, 'operation', fail),
    permissionType: codeOf(PERMISSION, permission, 'permission', fail),
  }))
}

/** `a=b, c=d`; a value may hold commas, as names of certificates do. */
const fieldsOf = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(/(\w+)=(.*?)(?=, \w+=|$)/g)].map(([, name, value]) => [name!, value!]))

function patternOf(fields: ReadonlyMap<string, string>, fail: Fail): Pattern {
  return {
    resourceType: codeOf(RESOURCE_TYPE, fields.get('resourceType') ?? '', 'type of resource', fail),
    resourceName: fields.get('name') ?? '',
    patternType: codeOf(PATTERN, fields.get('patternType') ?? 'LITERAL', 'pattern', fail),
  }
}

function listedEntry(line: string, pattern: Pattern, fail: Fail): Acl {
  // The principal is read up to the host: it may be `User:CN=a, OU=b`.
  const [, principal, host, operation, permission] =
    /^\(principal=(.*), host=([^,]*), operation=(\w+), permissionType=(\w+)\)$/.exec(line) ??
    fail('want (principal=..., host=..., operation=..., permissionType=...)')
  return {
    ...pattern,
    principal: principal!,
    host: host!,
    operation: codeOf(OPERATION, operation!, 'operation', fail),
    permissionType: codeOf(PERMISSION, permission!, 'permission', fail),
  }
}
