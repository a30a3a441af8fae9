/** Who may do what on the embedded broker; `test/interop/acls.test.ts` holds all answers beside Apache Kafka's. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { CLUSTER_NAME, OPERATION, PATTERN, PERMISSION, RESOURCE_TYPE } from '../../dissectors/acls.ts'
import { errorCode } from '../../dissectors/errors.ts'
import { type Acl, filterTakes } from '../../src/broker/access/acl.ts'
import { Authorizer } from '../../src/broker/access/authorizer.ts'
import { AclFileError, parseAcls } from '../../src/broker/access/file.ts'
import { ruledApis, UNRULED } from '../../src/broker/access/guard.ts'
import { HANDLERS } from '../../src/broker/handlers/index.ts'
import { Storage } from '../../src/broker/storage.ts'
import { apiName } from '../../src/codec/messages.ts'
import { ask, at, type Bench, bench } from './helpers.ts'

const { TOPIC, GROUP, CLUSTER } = RESOURCE_TYPE
const { READ, WRITE, DESCRIBE, DESCRIBE_CONFIGS, CREATE } = OPERATION

const authorizer = (text: string): Authorizer => new Authorizer(parseAcls(text))
const LOCAL = '127.0.0.1'

describe('the authorizer', () => {
  it.each([
    ['what is allowed', 'User:a Allow Read Topic:t', READ, true],
    ['what nothing is said of is denied', 'User:a Allow Read Topic:t', WRITE, false],
    ['reading implies describing', 'User:a Allow Read Topic:t', DESCRIBE, true],
    ['writing implies describing', 'User:a Allow Write Topic:t', DESCRIBE, true],
    ['deleting implies describing', 'User:a Allow Delete Topic:t', DESCRIBE, true],
    ['altering implies describing', 'User:a Allow Alter Topic:t', DESCRIBE, true],
    ['making does not', 'User:a Allow Create Topic:t', DESCRIBE, false],
    ['altering configs implies describing them', 'User:a Allow AlterConfigs Topic:t', DESCRIBE_CONFIGS, true],
    ['describing does not imply reading', 'User:a Allow Describe Topic:t', READ, false],
    ['all is all', 'User:a Allow All Topic:t', WRITE, true],
    ['everybody', 'User:* Allow Read Topic:t', READ, true],
    ['somebody else', 'User:b Allow Read Topic:t', READ, false],
    ['another type of user', 'Group:a Allow Read Topic:t', READ, false],
    ['all topics', 'User:a Allow Read Topic:*', READ, true],
    ['a prefix', 'User:a Allow Read Topic:t prefixed', READ, true],
    ['a prefix that is longer', 'User:a Allow Read Topic:to prefixed', READ, false],
    ['the empty rest of a prefix', 'User:a Allow Read Topic:* prefixed', READ, false],
    ['another topic', 'User:a Allow Read Topic:u', READ, false],
    ['a denial comes first', 'User:a Allow Read Topic:t\nUser:a Deny Read Topic:*', READ, false],
    ['a denial of all', 'User:a Allow Read Topic:t\nUser:* Deny All Topic:t prefixed', READ, false],
    ['a denial implies none', 'User:a Allow Describe Topic:t\nUser:a Deny Read Topic:t', DESCRIBE, true],
    ['a host', 'User:a Allow Read Topic:t from 127.0.0.1', READ, true],
    ['another host', 'User:a Allow Read Topic:t from 127.0.0.2', READ, false],
    ['a network', 'User:a Allow Read Topic:t from 127.0.0.0/8', READ, true],
    ['another network', 'User:a Allow Read Topic:t from 10.0.0.0/8', READ, false],
    ['a super user', 'super.users=User:b;User:a\nUser:a Deny All Topic:t', READ, true],
    ['no entry at all', 'allow.everyone.if.no.acl.found=true', READ, true],
    ['an entry of somebody else', 'allow.everyone.if.no.acl.found=true\nUser:b Allow Read Topic:t', READ, false],
    ['an entry of another topic', 'allow.everyone.if.no.acl.found=true\nUser:b Allow Read Topic:u', READ, true],
  ])('%s', (_what, text, operation, may) => {
    expect(authorizer(text).may('User:a', LOCAL, operation, TOPIC, 't')).toBe(may)
  })

  it.each([
    ['a literal', 'User:a Allow Write Topic:t', true],
    ['a prefix', 'User:a Allow Write Topic:t prefixed', true],
    ['all', 'User:a Allow Write Topic:*', true],
    ['nothing', 'User:a Allow Read Topic:t', false],
    ['the same denied', 'User:a Allow Write Topic:t\nUser:a Deny Write Topic:t', false],
    ['a prefix of it denied', 'User:a Allow Write Topic:tool\nUser:a Deny Write Topic:to prefixed', false],
    ['all denied', 'User:a Allow Write Topic:t prefixed\nUser:* Deny All Topic:*', false],
    ['more is allowed than denied', 'User:a Allow Write Topic:t prefixed\nUser:a Deny Write Topic:tool', true],
  ])('writing to some topic: %s', (_what, text, may) => {
    expect(authorizer(text).mayAny('User:a', LOCAL, WRITE, TOPIC)).toBe(may)
  })

  const names = fc.constantFrom('', 't', 'to', 'tool', 'u', '*')
  const entries = fc.array(
    fc.record<Acl>({
      resourceType: fc.constant(TOPIC),
      resourceName: names.filter((name) => name !== ''),
      patternType: fc.constantFrom(PATTERN.LITERAL, PATTERN.PREFIXED),
      principal: fc.constantFrom('User:a', 'User:*', 'User:b'),
      host: fc.constantFrom('*', LOCAL, '10.0.0.1'),
      operation: fc.constantFrom(READ, WRITE, OPERATION.ALL),
      permissionType: fc.constantFrom(PERMISSION.ALLOW, PERMISSION.DENY),
    }),
    { maxLength: 12 },
  )

  it('decides as going over all entries one by one would', () => {
    fc.assert(
      fc.property(entries, names, fc.constantFrom(READ, WRITE), (acls, name, operation) => {
        const filter = { resourceType: TOPIC, resourceName: name, patternType: PATTERN.MATCH }
        const any = { principal: null, host: null, operation: 1, permissionType: 1 }
        const mine = acls.filter(
          (acl) =>
            filterTakes({ ...filter, ...any }, acl) &&
            acl.principal !== 'User:b' &&
            acl.host !== '10.0.0.1' &&
            [operation, OPERATION.ALL].some((each) => each === acl.operation),
        )
        const expected =
          mine.some(({ permissionType }) => permissionType === PERMISSION.ALLOW) &&
          !mine.some(({ permissionType }) => permissionType === PERMISSION.DENY)
        const made = new Authorizer({ acls, superUsers: new Set(), allowIfNoAcl: false })
        expect(made.may('User:a', LOCAL, operation, TOPIC, name)).toBe(expected)
      }),
    )
  })
})

describe('a file of ACLs', () => {
  it('reads lines for people', () => {
    const { acls, superUsers, allowIfNoAcl } = parseAcls(`# who may what
super.users = User:admin; User:root
User:alice Allow Read,Write Topic:orders
"User:CN=Bob B, O=x" deny describe_configs topic:pay- prefixed from 10.0.0.0/8
User:carol Allow Create Cluster
User:carol Allow Write TransactionalId:a:b literal
`)
    const all = { host: '*', patternType: PATTERN.LITERAL, permissionType: PERMISSION.ALLOW }
    const orders = { ...all, principal: 'User:alice', resourceType: TOPIC, resourceName: 'orders' }
    expect(acls).toEqual([
      { ...orders, operation: READ },
      { ...orders, operation: WRITE },
      {
        principal: 'User:CN=Bob B, O=x',
        host: '10.0.0.0/8',
        resourceType: TOPIC,
        resourceName: 'pay-',
        patternType: PATTERN.PREFIXED,
        operation: DESCRIBE_CONFIGS,
        permissionType: PERMISSION.DENY,
      },
      { ...all, principal: 'User:carol', resourceType: CLUSTER, resourceName: CLUSTER_NAME, operation: CREATE },
      {
        ...all,
        principal: 'User:carol',
        resourceType: RESOURCE_TYPE.TRANSACTIONAL_ID,
        resourceName: 'a:b',
        operation: WRITE,
      },
    ])
    expect([...superUsers]).toEqual(['User:admin', 'User:root'])
    expect(allowIfNoAcl).toBe(false)
  })

  it('reads what kafka-acls --list prints', () => {
    const { acls } =
      parseAcls(`Current ACLs for resource \`ResourcePattern(resourceType=GROUP, name=g, patternType=PREFIXED)\`: 
 \t(principal=User:CN=a, OU=b, host=*, operation=READ, permissionType=ALLOW)
\t(principal=User:c, host=10.0.0.1, operation=ALL, permissionType=DENY) 

Current ACLs for resource \`ResourcePattern(resourceType=CLUSTER, name=kafka-cluster, patternType=LITERAL)\`: 
 \t(principal=User:c, host=*, operation=DESCRIBE, permissionType=ALLOW) 
`)
    expect(
      acls.map(({ principal, resourceType, resourceName, host }) => [principal, resourceType, resourceName, host]),
    ).toEqual([
      ['User:CN=a, OU=b', GROUP, 'g', '*'],
      ['User:c', GROUP, 'g', '10.0.0.1'],
      ['User:c', CLUSTER, 'kafka-cluster', '*'],
    ])
  })

  it.each([
    ['User:a Allow Read', 1, 'want PRINCIPAL'],
    ['\n\nUser:a Permit Read Topic:t', 3, 'no permission "Permit"'],
    ['User:a Allow Fly Topic:t', 1, 'no operation "Fly"'],
    ['User:a Allow Read Bucket:t', 1, 'no type of resource "Bucket"'],
    ['User:a Allow Read Topic', 1, 'want TYPE:NAME'],
    ['User:a Allow Read Topic:', 1, 'Resource name'],
    ['User:a Allow Read Topic:t from', 1, 'no host'],
    ['User:a Allow Read Topic:t from 10.0.0.0/99', 1, 'Invalid CIDR'],
    ['User:a Allow Read Topic:t please', 1, `can't read "please"`],
    ['alice Allow Read Topic:t', 1, 'no colon'],
    ['User:a Allow Read Cluster:other', 1, 'only valid name'],
    ['(principal=User:a, host=*, operation=READ, permissionType=ALLOW)', 1, 'before its resource'],
    ['super.users=admin', 1, 'want User:NAME'],
    ['allow.everyone.if.no.acl.found=yes', 1, 'want true or false'],
  ])('says where it can not be read: %j', (text, line, message) => {
    expect(() => parseAcls(text)).toThrow(AclFileError)
    expect(() => parseAcls(text)).toThrow(expect.objectContaining({ line, message: expect.stringContaining(message) }))
  })

  it('takes or refuses any text, and does nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'User:a Allow Read,Topic=t(\n)"') }), (text) => {
        try {
          parseAcls(text)
        } catch (error) {
          expect(error).toBeInstanceOf(AclFileError)
        }
      }),
    )
  })
})

describe('the broker with ACLs', () => {
  let folder: string | null = null
  afterEach(() => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
    folder = null
  })

  const OPEN = 'allow.everyone.if.no.acl.found=true'
  const creation = (resourceName: string, operation: number) => ({
    resourceType: TOPIC,
    resourceName,
    resourcePatternType: PATTERN.LITERAL,
    principal: 'User:ANONYMOUS',
    host: '*',
    operation,
    permissionType: PERMISSION.ALLOW,
  })
  const topicsOf = async (on: Bench) =>
    (at(await ask(on, 'Metadata', 12, { topics: null }), 'topics') as { name: string }[]).map(({ name }) => name)

  it('has a rule for every API but those that need none', () => {
    const unknown = HANDLERS.map(({ apiKey }) => apiKey).filter(
      (key) => !ruledApis().includes(key) && !UNRULED.has(key),
    )
    expect(unknown.map(apiName)).toEqual([])
  })

  it('leaves out of listings what may not be seen, and refuses what is named', async () => {
    const on = bench({ access: parseAcls('User:* Allow Describe Topic:seen\nUser:* Allow Create Cluster') })
    for (const name of ['seen', 'hidden']) on.broker.topics.create(name, 1)
    expect(await topicsOf(on)).toEqual(['seen'])
    const named = await ask(on, 'Metadata', 12, { topics: [{ name: 'hidden' }, { name: 'seen' }] })
    expect(at(named, 'topics')).toEqual([
      expect.objectContaining({ name: 'seen', errorCode: 0 }),
      expect.objectContaining({ name: 'hidden', errorCode: errorCode('TOPIC_AUTHORIZATION_FAILED'), partitions: [] }),
    ])
    const written = await ask(on, 'ListOffsets', 7, {
      replicaId: -1,
      topics: [{ name: 'hidden', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
    })
    expect(at(written, 'topics', 0, 'partitions', 0, 'errorCode')).toBe(errorCode('TOPIC_AUTHORIZATION_FAILED'))
  })

  it('shows no offsets of hidden topics, also where a request names a group twice', async () => {
    const on = bench({ access: parseAcls('User:* Allow Describe Topic:seen\nUser:* Allow Read Group:g') })
    for (const name of ['seen', 'hidden']) {
      on.broker.topics.create(name, 1)
      on.broker.offsets.commit('g', name, 0, { offset: 1, leaderEpoch: -1, metadata: '' })
    }
    const all = { groupId: 'g', memberId: null, memberEpoch: -1, topics: null }
    const answer = await ask(on, 'OffsetFetch', 9, { groups: [{ ...all, topics: [] }, all], requireStable: false })
    const topics = (at(answer, 'groups') as { topics: { name: string }[] }[]).map((each) =>
      each.topics.map(({ name }) => name),
    )
    expect(topics).toEqual([['seen']])
  })

  it('refuses tens of thousands of topics at once', async () => {
    const on = bench({ access: parseAcls('User:* Allow Read Topic:seen') })
    const names = Array.from({ length: 20_000 }, (_, i) => `t${i}`)
    const topics = names.map((name) => ({ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }))
    const made = await ask(on, 'CreateTopics', 5, { topics, timeoutMs: 1, validateOnly: false })
    const deleted = [
      await ask(on, 'DeleteTopics', 5, { topicNames: names, timeoutMs: 1 }),
      await ask(on, 'DeleteTopics', 6, { topics: names.map((name) => ({ name })), timeoutMs: 1 }),
    ]
    expect(at(made, 'topics')).toHaveLength(names.length)
    for (const each of deleted) expect(at(each, 'responses')).toHaveLength(names.length)
    // Looking through all for each takes minutes.
  }, 20_000)

  it('takes ten thousand entries, and does not tell of them as often as it is asked', async () => {
    const on = bench({ access: parseAcls(OPEN) })
    const creations = Array.from({ length: 10_000 }, (_, i) => creation(`t${i}`, DESCRIBE))
    const made = await ask(on, 'CreateAcls', 3, { creations })
    expect(new Set((at(made, 'results') as { errorCode: number }[]).map((each) => each.errorCode))).toEqual(
      new Set([0]),
    )
    const any = { resourceTypeFilter: 1, resourceNameFilter: null, patternTypeFilter: 1 }
    const filter = { ...any, principalFilter: null, hostFilter: null, operation: 1, permissionType: 1 }
    const deleted = await ask(on, 'DeleteAcls', 3, { filters: Array.from({ length: 1000 }, () => filter) })
    const results = at(deleted, 'filterResults') as { errorCode: number; matchingAcls: unknown[] }[]
    expect(results[0]!.matchingAcls).toHaveLength(10_000)
    expect(results.filter((each) => each.errorCode === 0)).toHaveLength(2)
    expect(results[2]).toMatchObject({ errorCode: errorCode('POLICY_VIOLATION'), matchingAcls: [] })
    expect(at(await ask(on, 'DescribeAcls', 3, filter), 'resources')).toEqual([])
  }, 20_000)

  it('says of what went well what Apache Kafka 4.4.0 says: an empty text, and nothing of what is deleted', async () => {
    const on = bench({ access: parseAcls(OPEN) })
    const made = await ask(on, 'CreateAcls', 3, { creations: [creation('b', DESCRIBE)] })
    expect(at(made, 'results')).toEqual([{ errorCode: 0, errorMessage: '' }])
    const filter = { resourceTypeFilter: TOPIC, resourceNameFilter: 'b', patternTypeFilter: PATTERN.LITERAL }
    const any = { principalFilter: null, hostFilter: null, operation: 1, permissionType: 1 }
    expect((await ask(on, 'DescribeAcls', 3, { ...filter, ...any })).errorMessage).toBe('')
    const deleted = await ask(on, 'DeleteAcls', 3, { filters: [{ ...filter, ...any }] })
    expect(at(deleted, 'filterResults', 0)).toMatchObject({ errorCode: 0, errorMessage: null })
    expect(at(deleted, 'filterResults', 0, 'matchingAcls', 0)).toMatchObject({ errorCode: 0, errorMessage: null })
  })

  it('keeps what CreateAcls and DeleteAcls have changed over a restart, and what the file says since', async () => {
    folder = mkdtempSync(join(tmpdir(), 'kafkascope-acls-'))
    const start = (text: string): Bench => bench({ access: parseAcls(text), storage: Storage.open(folder!, () => {}) })
    const first = start(`${OPEN}\nUser:ANONYMOUS Allow Describe Topic:a`)
    for (const name of ['a', 'b', 'c']) first.broker.topics.create(name, 1)
    await ask(first, 'CreateAcls', 3, { creations: [creation('b', DESCRIBE)] })
    const filter = { resourceTypeFilter: TOPIC, resourceNameFilter: 'a', patternTypeFilter: PATTERN.LITERAL }
    const any = { principalFilter: null, hostFilter: null, operation: 1, permissionType: 1 }
    const deleted = await ask(first, 'DeleteAcls', 3, { filters: [{ ...filter, ...any }] })
    expect(at(deleted, 'filterResults', 0, 'matchingAcls')).toHaveLength(1)
    first.broker.close()

    const closed =
      'User:ANONYMOUS Allow Describe Topic:a\nUser:ANONYMOUS Allow Describe Topic:c\nUser:ANONYMOUS Allow Describe Cluster'
    const second = start(closed)
    expect(await topicsOf(second)).toEqual(['b', 'c'])
    const all = { resourceTypeFilter: 1, resourceNameFilter: null, patternTypeFilter: 1 }
    const known = await ask(second, 'DescribeAcls', 3, { ...all, ...any })
    expect((at(known, 'resources') as { resourceName: string }[]).map((each) => each.resourceName).sort()).toEqual([
      'b',
      'c',
      CLUSTER_NAME,
    ])
    second.broker.close()
  })
})
