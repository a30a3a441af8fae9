/** A group goes from the classic protocol to KIP-848's and back while its members are at work, as on Apache Kafka 4.4.0. */
import { describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker/server.ts'
import { javaScenario } from './java-scenario.ts'
import { missingKafka, startKafka } from './kafka-server.ts'
import { mixedPlay } from './mixed-plays.ts'

const reason = missingKafka('4.4.0')
/** Assignments are made at once, as the embedded broker makes them. */
const PROPERTIES = { 'group.consumer.assignment.interval.ms': '0' }

/** The lines of Java's consumers that come and go. */
const run = (bootstrap: string): Promise<string[]> => javaScenario('mixed/MixedScenario.java', bootstrap)

describe.skipIf(reason !== null)(`a group of both protocols${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('is told the same by both', async () => {
    const kafka = await startKafka({ release: '4.4.0', properties: PROPERTIES })
    const embedded = await startBroker({ initialRebalanceDelayMs: 0, groupHeartbeatIntervalMs: 500 })
    try {
      const real = await mixedPlay(kafka.bootstrap)
      expect(real.length).toBeGreaterThan(30)
      expect(await mixedPlay(`127.0.0.1:${embedded.port}`)).toEqual(real)
    } finally {
      await Promise.all([kafka.stop(), embedded.close()])
    }
  }, 120_000)

  it("is what Java's consumers of both protocols share on both", async () => {
    const properties = {
      ...PROPERTIES,
      'group.consumer.heartbeat.interval.ms': '300',
      'group.consumer.min.heartbeat.interval.ms': '300',
    }
    const kafka = await startKafka({ release: '4.4.0', properties })
    const embedded = await startBroker({ initialRebalanceDelayMs: 0, groupHeartbeatIntervalMs: 300 })
    try {
      const real = await run(kafka.bootstrap)
      expect(real.at(-1)).toBe('read 200 of 200')
      expect(await run(`127.0.0.1:${embedded.port}`)).toEqual(real)
    } finally {
      await Promise.all([kafka.stop(), embedded.close()])
    }
  }, 240_000)
})
