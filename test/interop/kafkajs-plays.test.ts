/**
 * What users of kafkajs do, on the embedded broker and beside a real Apache Kafka, through the proxy and without it: they
 * see the same.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { type KafkaServer, missingKafka, startKafka } from './kafka-server.ts'
import { KAFKAJS_PLAYS } from './kafkajs-plays.ts'
import { plugCodecs, Stage } from './kafkajs-stage.ts'
import { notBuilt, type ProxyProcess, startProxy } from './proxy-process.ts'

const reason = missingKafka('4.4.0') ?? notBuilt()

describe.skipIf(reason !== null)(`kafkajs${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let broker: BrokerHandle
  let kafka: KafkaServer
  let proxies: ProxyProcess[] = []
  beforeAll(async () => {
    await plugCodecs()
    broker = await startBroker({ numPartitions: 3, initialRebalanceDelayMs: 0 })
    kafka = await startKafka()
    proxies = await Promise.all([kafka.bootstrap, `127.0.0.1:${broker.port}`].map((upstream) => startProxy(upstream)))
  }, 60_000)
  afterAll(async () => {
    await Promise.all(proxies.map((proxy) => proxy.stop()))
    await Promise.all([kafka.stop(), broker.close()])
  })

  async function told(play: (stage: Stage) => Promise<void>, address: string): Promise<string[]> {
    const stage = await Stage.open(address)
    try {
      await play(stage)
    } finally {
      await stage.close()
    }
    return stage.lines
  }

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
