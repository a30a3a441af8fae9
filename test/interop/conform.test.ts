/** `conform` against real Kafka: every check passes, and the broker is left as it was; so with TLS, SASL and three nodes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker/server.ts'
import { type Body, Connection, type ConnectionOptions } from '../../src/client/connection.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { compareResults } from '../../src/conform/compare.ts'
import { type RunResult, runConform } from '../../src/conform/run.ts'
import { makeCertificate } from '../../src/proxy/certificate.ts'
import { type KafkaOptions, type KafkaServer, missingKafka, startKafka } from './kafka-server.ts'

let kafka: KafkaServer | null = null
afterEach(async () => {
  await kafka?.stop()
  kafka = null
})

const addressOf = (bootstrap: string) => {
  const [host, port] = bootstrap.split(',')[0]!.split(':')
  return { host: host!, port: Number(port) }
}

const conform = (bootstrap: string, connection: ConnectionOptions = {}, prefix?: string): Promise<RunResult> =>
  runConform({
    address: addressOf(bootstrap),
    ...{ connection, seed: 1, wants: () => true },
    ...(prefix === undefined ? {} : { prefix }),
  })

function expectAllPassed({ results, left, gone }: RunResult): void {
  const failed = results.filter(({ outcome }) => outcome === 'fail')
  expect(failed.map(({ check, message }) => `${check.id}: ${message}`)).toEqual([])
  expect(results.filter(({ outcome }) => outcome === 'pass').length).toBeGreaterThan(500)
  expect(left).toEqual([])
  expect(gone).toBeNull()
}

/** All that a cluster holds and can be listed; asked of the first node. */
const HELD: readonly (readonly [api: string, body: Encodable])[] = [
  ['Metadata', { topics: null, allowAutoTopicCreation: false }],
  ['ListGroups', {}],
  ['ListTransactions', { durationFilter: -1 }],
  ['DescribeAcls', { resourceTypeFilter: 1, patternTypeFilter: 1, operation: 1, permissionType: 1 }],
  ['DescribeClientQuotas', { components: [], strict: false }],
  ['DescribeUserScramCredentials', { users: null }],
  ['DescribeDelegationToken', { owners: null }],
  ['ListConfigResources', { resourceTypes: [] }],
  ['ListPartitionReassignments', { timeoutMs: 5000, topics: null }],
  [
    'DescribeConfigs',
    {
      resources: [
        { resourceType: 4, resourceName: '', configurationKeys: null },
        { resourceType: 4, resourceName: '1', configurationKeys: null },
      ],
    },
  ],
]

/** The topics that a broker keeps its groups and transactions in: made by whoever first asks for a coordinator. */
const INTERNAL = /^__/

/** What each listing says, without what the run is documented to leave: internal topics and one transactional id. */
async function held(bootstrap: string, options: ConnectionOptions = {}): Promise<Record<string, unknown>> {
  const connection = await Connection.open(addressOf(bootstrap), options)
  const listed: Record<string, unknown> = {}
  for (const [api, body] of HELD) {
    const answer = await connection.call<Body & { topics?: { name: string }[] }>(api, body)
    const { throttleTimeMs: _, ...said } = answer.body
    if (api === 'Metadata')
      listed.topics = answer.body.topics!.map(({ name }) => name).filter((name) => !INTERNAL.test(name))
    else if (api !== 'ListTransactions' && api !== 'ListConfigResources') listed[api] = said
    else {
      const text = JSON.stringify(said, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))
      const names = [...text.matchAll(/"(?:transactionalId|resourceName)":"([^"]*)"/g)].map(([, name]) => name!)
      listed[api] = names
        .filter((name) => !INTERNAL.test(name) && !/^kafkascope-conform-[0-9a-f]{8}-txn$/.test(name))
        .sort()
    }
  }
  connection.close()
  return listed
}

/** One node hears a moment later of what another one deleted. */
const SETTLING = { timeout: 15_000, interval: 500 }

const SUPER = { 'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer' }
/** Anything may be done, and ACLs could be made. */
const WITH_ACLS = { ...SUPER, 'super.users': 'User:ANONYMOUS' }

const RUNS: readonly (readonly [name: string, options: KafkaOptions])[] = [
  ['4.4.0', { release: '4.4.0', properties: WITH_ACLS }],
  ['3.9.2', { release: '3.9.2', properties: WITH_ACLS }],
  ['4.4.0, three nodes', { release: '4.4.0', nodes: 3 }],
  ['3.9.2, three nodes', { release: '3.9.2', nodes: 3 }],
]

describe.each(RUNS)('Apache Kafka %s', (_name, options) => {
  const reason = missingKafka(options.release!)
  it.skipIf(reason !== null)(
    `passes at least 500 checks, fails none, and holds after it what it held before${reason ? ` (skipped: ${reason})` : ''}`,
    async () => {
      kafka = await startKafka(options)
      const before = await held(kafka.bootstrap)
      expectAllPassed(await conform(kafka.bootstrap))
      await expect.poll(() => held(kafka!.bootstrap), SETTLING).toEqual(before)
    },
    400_000,
  )
})

describe('over TLS with logins', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const SECURITY = 'org.apache.kafka.common.security'
  const sasl = { mechanism: 'PLAIN', username: 'admin', password: 'admin-secret' } as const
  const reason = missingKafka('4.4.0')

  it.skipIf(reason !== null)(
    `passes, checks of the login's order among them, and leaves nothing, delegation tokens neither${reason ? ` (skipped: ${reason})` : ''}`,
    async () => {
      const { cert, key, ca } = await makeCertificate(['127.0.0.1'])
      const [keyStore, trustStore] = [join(folder, 'key.pem'), join(folder, 'ca.pem')]
      writeFileSync(keyStore, `${key}\n${cert}\n`)
      writeFileSync(trustStore, ca)
      const properties = {
        ...{ ...SUPER, 'super.users': 'User:admin;User:ANONYMOUS' },
        'listener.security.protocol.map': 'PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT',
        'sasl.enabled.mechanisms': 'PLAIN',
        'sasl.mechanism.inter.broker.protocol': 'PLAIN',
        'listener.name.plaintext.plain.sasl.jaas.config': `${SECURITY}.plain.PlainLoginModule required username="admin" password="admin-secret" user_admin="admin-secret";`,
        ...{ 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': keyStore },
        ...{ 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': trustStore },
        'delegation.token.secret.key': 'secret-of-tokens',
      }
      kafka = await startKafka({ release: '4.4.0', properties })
      const connection: ConnectionOptions = { tls: { ca }, sasl }
      const before = await held(kafka.bootstrap, connection)
      const run = await conform(kafka.bootstrap, connection)
      expectAllPassed(run)
      const logins = run.results.filter(({ check }) => check.theme === 'sasl')
      expect(logins.map(({ outcome }) => outcome)).toEqual(logins.map(() => 'pass'))
      const tokens = run.results.filter(({ check }) => check.id.startsWith('api/CreateDelegationToken/'))
      expect(tokens.map(({ outcome }) => outcome)).toEqual(tokens.map(() => 'pass'))
      await expect.poll(() => held(kafka!.bootstrap, connection), SETTLING).toEqual(before)
    },
    400_000,
  )
})

/**
 * What differs between the embedded broker and Kafka 4.4.0, by check and field; docs/CONFORM.md says why. A listing also
 * tells of what checks made that the other broker was not asked.
 */
const KNOWN_DIFFERENCES: readonly RegExp[] = [
  / (?:ApiVersions) v\d+ (?:apiKeys|supportedFeatures|finalizedFeatures)/,
  / ListGroups v\d+ groups/,
  / (?:Metadata|DescribeTopicPartitions) v\d+ (?:topics|nextCursor)/,
  / ListConfigResources v\d+ configResources/,
  / DescribeLogDirs v\d+ results\[0\]\.topics/,
  / Fetch v\d+ responses\[0\]\.partitions\[0\]\.records\[batch/,
  / (?:CreateTopics|DescribeConfigs) v\d+ (?:topics|results)\[0\]\.configs.*(?:min\.insync\.replicas|onfigSource|synonyms\[0\]\.source)/,
  / ShareGroupHeartbeat v\d+ assignment/,
]

describe('Apache Kafka 4.4.0 as the reference of the embedded broker', () => {
  const reason = missingKafka('4.4.0')
  it.skipIf(reason !== null)(
    `what differs is what docs/CONFORM.md says${reason ? ` (skipped: ${reason})` : ''}`,
    async () => {
      kafka = await startKafka({ release: '4.4.0' })
      const broker = await startBroker()
      try {
        const prefix = 'kafkascope-conform-reference'
        const own = await conform(`127.0.0.1:${broker.port}`, {}, prefix)
        const other = await conform(kafka.bootstrap, {}, prefix)
        expectAllPassed(own)
        const lines = compareResults(own, other).map(({ id, message }) => `${id}: ${message}`)
        expect(lines.length).toBeGreaterThan(0)
        expect(lines.filter((line) => !KNOWN_DIFFERENCES.some((known) => known.test(line)))).toEqual([])
      } finally {
        await broker.close()
      }
    },
    400_000,
  )
})
