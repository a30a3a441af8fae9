/**
 * Brokers as clients' own test suites want them: one listener in the clear, one with TLS, one with TLS and logins, and
 * the users that kafkajs's suite logs in as.
 */
import { pbkdf2Sync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MECHANISMS, type SaslOptions } from '../../src/broker/sasl.ts'
import { type BrokerHandle, type StartOptions, startBroker } from '../../src/broker/server.ts'
import { Connection } from '../../src/client/connection.ts'
import { freePorts, type KafkaRelease, startKafka } from './kafka-server.ts'
import { startProxy } from './proxy-process.ts'

export interface SuiteServers {
  /** Ports on 127.0.0.1 */
  readonly plain: number
  readonly ssl: number
  readonly sasl: number
  stop(): Promise<void>
}

/** Who logs in with PLAIN: the first may alter anything. */
const PLAIN_USERS = [
  ['test', 'testtest'],
  ['alice', 'alicealice'],
  ['bob', 'bobbob'],
] as const
const SUPER_USERS = ['User:ANONYMOUS', `User:${PLAIN_USERS[0][0]}`]
/** One name with a password for each mechanism, as AlterUserScramCredentials numbers them. */
const SCRAM_USER = 'testscram'
const SCRAM_PASSWORDS = new Map([
  [1, 'testtestscram=256'],
  [2, 'testtestscram=512'],
])

/** The broker on `port` is told the SCRAM user: with TLS, logged in as the user of PLAIN. */
async function addScramUser(port: number, ca: string): Promise<void> {
  const sasl = { mechanism: 'PLAIN', username: PLAIN_USERS[0][0], password: PLAIN_USERS[0][1] } as const
  const connection = await Connection.open({ host: '127.0.0.1', port }, { tls: { ca }, sasl })
  const salt = Buffer.from('salt of the suites')
  // Kafka takes one credential of a user in a request.
  for (const [mechanism, password] of SCRAM_PASSWORDS) {
    const saltedPassword = pbkdf2Sync(password, salt, 4096, mechanism * 32, mechanism === 1 ? 'sha256' : 'sha512')
    const upsertions = [{ name: SCRAM_USER, mechanism, iterations: 4096, salt, saltedPassword }]
    const { body } = await connection.call('AlterUserScramCredentials', { deletions: [], upsertions })
    const { results } = body as { readonly results: readonly { readonly errorCode: number }[] }
    if (results.some(({ errorCode }) => errorCode !== 0)) throw new Error(`SCRAM user: ${JSON.stringify(results)}`)
  }
  connection.close()
}

/** Three embedded brokers, as one has one kind of listener: they share no topics. `certs`: see scripts/suites/. */
export async function embeddedServers(certs: string): Promise<SuiteServers> {
  const tls = { cert: pem(certs, 'server.crt'), key: pem(certs, 'server.key') }
  const sasl: SaslOptions = { users: new Map(PLAIN_USERS), mechanisms: MECHANISMS, maxReauthMs: 0 }
  const brokers: BrokerHandle[] = []
  // As the real ones below, and as both are told by most who develop against them.
  const access = { acls: [], superUsers: new Set(SUPER_USERS), allowIfNoAcl: true }
  const same: StartOptions = { numPartitions: 1, initialRebalanceDelayMs: 0, groupHeartbeatIntervalMs: 500, access }
  for (const more of [{}, { tls }, { tls, sasl }]) brokers.push(await startBroker({ ...same, ...more }))
  const [plain, ssl, withSasl] = brokers.map((broker) => broker.port) as [number, number, number]
  await addScramUser(withSasl, pem(certs, 'ca.crt'))
  const stop = async () => void (await Promise.all(brokers.map((broker) => broker.close())))
  return { plain, ssl, sasl: withSasl, stop }
}

const pem = (certs: string, name: string): string => readFileSync(join(certs, name), 'utf8')

const LOGIN = 'org.apache.kafka.common.security'

/** One real node with all three listeners. */
export async function kafkaServers(release: KafkaRelease, certs: string): Promise<SuiteServers> {
  const [plain, ssl, sasl, controller] = (await freePorts(4)) as [number, number, number, number]
  const listeners = `PLAINTEXT://127.0.0.1:${plain},SSL://127.0.0.1:${ssl},SASL_SSL://127.0.0.1:${sasl}`
  const kafka = await startKafka({
    release,
    properties: {
      listeners: `${listeners},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': listeners,
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': join(certs, 'server.pem'),
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': join(certs, 'ca.crt'),
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.sasl_ssl.plain.sasl.jaas.config': `${LOGIN}.plain.PlainLoginModule required ${PLAIN_USERS.map(([name, password]) => `user_${name}="${password}"`).join(' ')};`,
      'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': `${LOGIN}.scram.ScramLoginModule required;`,
      'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': `${LOGIN}.scram.ScramLoginModule required;`,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'allow.everyone.if.no.acl.found': 'true',
      'super.users': SUPER_USERS.join(';'),
      'num.partitions': '1',
    },
  })
  await addScramUser(sasl, pem(certs, 'ca.crt'))
  return { plain, ssl, sasl, stop: () => kafka.stop() }
}

/** Three nodes with a listener in the clear each; nothing listens on the other ports. */
export async function embeddedCluster(): Promise<SuiteServers> {
  const { port, close } = await startBroker({ nodes: 3, numPartitions: 3, initialRebalanceDelayMs: 0 })
  return { plain: port, ssl: 1, sasl: 1, stop: close }
}

export async function kafkaCluster(release: KafkaRelease): Promise<SuiteServers> {
  const kafka = await startKafka({ release, nodes: 3, properties: { 'default.replication.factor': '1' } })
  const port = Number(kafka.bootstrap.split(',')[0]!.split(':')[1])
  return { plain: port, ssl: 1, sasl: 1, stop: () => kafka.stop() }
}

/** The same servers with the proxy in front of the listener in the clear. */
export async function throughProxy(start: () => Promise<SuiteServers>): Promise<SuiteServers> {
  const servers = await start()
  const proxy = await startProxy(`127.0.0.1:${servers.plain}`)
  const stop = async () => {
    await proxy.stop()
    await servers.stop()
  }
  return { ...servers, plain: Number(proxy.address.split(':')[1]), stop }
}
