/**
 * What users of kafkajs do, on the embedded broker and beside a real Apache Kafka, through the proxy and without it: they
 * see the same.
 */
import kafkajs, { type SASLOptions } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MECHANISMS } from '../../src/broker/sasl.ts'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { apiLimitsOf } from '../../src/cli/api-versions-option.ts'
import { type KafkaServer, missingKafka, startKafka } from './kafka-server.ts'
import { KAFKAJS_PLAYS } from './kafkajs-plays.ts'
import { plugCodecs, Stage } from './kafkajs-stage.ts'
import { notBuilt, type ProxyProcess, startProxy } from './proxy-process.ts'

const reason = missingKafka('4.4.0') ?? notBuilt()

beforeAll(plugCodecs)

async function told(play: (stage: Stage) => Promise<void>, address: string): Promise<string[]> {
  const stage = await Stage.open(address)
  try {
    await play(stage)
  } finally {
    await stage.close()
  }
  return stage.lines
}

describe.skipIf(reason !== null)(`kafkajs${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let broker: BrokerHandle
  let kafka: KafkaServer
  let proxies: ProxyProcess[] = []
  beforeAll(async () => {
    broker = await startBroker({ numPartitions: 3, initialRebalanceDelayMs: 0 })
    kafka = await startKafka()
    proxies = await Promise.all([kafka.bootstrap, `127.0.0.1:${broker.port}`].map((upstream) => startProxy(upstream)))
  }, 60_000)
  afterAll(async () => {
    await Promise.all(proxies.map((proxy) => proxy.stop()))
    await Promise.all([kafka.stop(), broker.close()])
  })

  for (const [title, play] of Object.entries(KAFKAJS_PLAYS)) {
    it(`${title}: the same as on Apache Kafka 4.4.0`, async () => {
      const [real, here] = await Promise.all([told(play, kafka.bootstrap), told(play, `127.0.0.1:${broker.port}`)])
      expect(here).toEqual(real)
    }, 120_000)

    it(`${title}: the same through the proxy`, async () => {
      const [real, here] = await Promise.all(proxies.map(({ address }) => told(play, address)))
      expect(here).toEqual(real)
    }, 120_000)
  }
})

describe.skipIf(missingKafka('4.4.0') !== null)('kafkajs on three nodes', () => {
  let broker: BrokerHandle
  let kafka: KafkaServer
  beforeAll(async () => {
    broker = await startBroker({ nodes: 3, numPartitions: 3, initialRebalanceDelayMs: 0 })
    kafka = await startKafka({ nodes: 3 })
  }, 90_000)
  afterAll(() => Promise.all([kafka.stop(), broker.close()]))

  const { records, groups, reading, transactions } = KAFKAJS_PLAYS
  it.each(Object.entries({ records, groups, reading, transactions }))(
    '%s: the same as on Apache Kafka 4.4.0',
    async (_, play) => {
      const addresses = [kafka.bootstrap.split(',')[0]!, `127.0.0.1:${broker.port}`]
      const [real, here] = await Promise.all(addresses.map((address) => told(play, address)))
      expect(here).toEqual(real)
    },
    120_000,
  )
})

describe.skipIf(missingKafka('3.9.2') !== null)('kafkajs with a broker of 3.9.2', () => {
  let broker: BrokerHandle
  let kafka: KafkaServer
  beforeAll(async () => {
    const apiLimits = apiLimitsOf('broker', '3.9.2')
    broker = await startBroker({ numPartitions: 3, initialRebalanceDelayMs: 0, apiLimits })
    kafka = await startKafka({ release: '3.9.2' })
  }, 60_000)
  afterAll(() => Promise.all([kafka.stop(), broker.close()]))

  // Settings of topics are those of 4.4, whatever release is advertised.
  const { records, groups, reading, transactions } = KAFKAJS_PLAYS
  const plays = Object.entries({ records, groups, reading, transactions })
  it.each(plays)(
    '%s: the same as on Apache Kafka 3.9.2',
    async (_, play) => {
      const [real, here] = await Promise.all([kafka.bootstrap, `127.0.0.1:${broker.port}`].map((at) => told(play, at)))
      expect(here).toEqual(real)
    },
    120_000,
  )
})

/** How logging in ends: the versions that the broker then tells of, or what kafkajs says. */
async function login(bootstrap: string, sasl: SASLOptions | undefined): Promise<string> {
  const { Kafka, logLevel } = kafkajs
  const kafka = new Kafka({
    ...{ clientId: 'play', brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { retries: 0 } },
    ...{ requestTimeout: 3000, connectionTimeout: 3000 },
    ...(sasl ? { sasl } : {}),
  })
  const admin = kafka.admin()
  try {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    return `${brokers.length} broker`
  } catch (error) {
    return String(error)
  } finally {
    await admin.disconnect()
  }
}

describe.skipIf(missingKafka('4.4.0') !== null)('kafkajs logs in', () => {
  const users = new Map([['alice', 'secret']])
  let broker: BrokerHandle
  let kafka: KafkaServer
  beforeAll(async () => {
    const module = 'org.apache.kafka.common.security.plain.PlainLoginModule'
    kafka = await startKafka({
      properties: {
        'listener.security.protocol.map': 'PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
        'sasl.enabled.mechanisms': 'PLAIN',
        'sasl.mechanism.inter.broker.protocol': 'PLAIN',
        'listener.name.plaintext.plain.sasl.jaas.config': `${module} required username="alice" password="secret" user_alice="secret";`,
      },
    })
    broker = await startBroker({ sasl: { users, mechanisms: MECHANISMS.slice(0, 1), maxReauthMs: 0 } })
  })
  afterAll(() => Promise.all([kafka.stop(), broker.close()]))

  it.each<[string, SASLOptions | undefined]>([
    ['with the right password', { mechanism: 'plain', username: 'alice', password: 'secret' }],
    ['with a wrong one', { mechanism: 'plain', username: 'alice', password: 'no' }],
    ['as nobody', { mechanism: 'plain', username: 'eve', password: 'secret' }],
    ['with none', { mechanism: 'plain', username: 'alice', password: '' }],
    ['by a mechanism that is not enabled', { mechanism: 'scram-sha-256', username: 'alice', password: 'secret' }],
    ['not at all', undefined],
  ])('%s: it ends as on Apache Kafka 4.4.0', async (_, sasl) => {
    const [real, here] = await Promise.all([kafka.bootstrap, `127.0.0.1:${broker.port}`].map((at) => login(at, sasl)))
    expect(here).toBe(real)
  })
})
