/** Java's Admin: what an administrator does comes out on the embedded broker as on a real Apache Kafka of one node. */
import { describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker/server.ts'
import { javaScenario } from './java-scenario.ts'
import { missingKafka, startKafka } from './kafka-server.ts'

const reason = missingKafka('4.4.0')

/** The scenario's lines. */
const administrate = (bootstrap: string): Promise<string[]> => javaScenario('admin/AdminScenario.java', bootstrap)

describe.skipIf(reason !== null)(`Java's Admin${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('sees no difference between the embedded broker and Apache Kafka 4.4.0', async () => {
    const kafka = await startKafka({ release: '4.4.0' })
    const embedded = await startBroker({ groupHeartbeatIntervalMs: 500 })
    try {
      const real = await administrate(kafka.bootstrap)
      const ours = await administrate(`127.0.0.1:${embedded.port}`)
      expect(real.length).toBeGreaterThan(30)
      expect(ours).toEqual(real)
    } finally {
      await Promise.all([kafka.stop(), embedded.close()])
    }
  }, 240_000)
})
