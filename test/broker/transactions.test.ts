import { Kafka, logLevel } from 'kafkajs'
import { expect, it } from 'vitest'
import { startBroker } from '../../src/broker/server.ts'

it('a transactional producer of kafkajs fails at once, and says why', async () => {
  const broker = await startBroker()
  const kafka = new Kafka({ brokers: [`127.0.0.1:${broker.port}`], logLevel: logLevel.NOTHING })
  const producer = kafka.producer({ transactionalId: 'tx', maxInFlightRequests: 1, idempotent: true })
  try {
    await producer.connect()
    const began = performance.now()
    await expect(producer.transaction()).rejects.toThrow(/[Tt]ransactional ?[Ii]d authorization failed/i)
    expect(performance.now() - began).toBeLessThan(5000)
  } finally {
    await producer.disconnect()
    await broker.close()
  }
})
