/** A Kafka Streams application in the streams protocol (KIP-1071): on the embedded broker as on Apache Kafka 4.4.0. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker/server.ts'
import { cacheFolder } from './cache.ts'
import { javaScenario } from './java-scenario.ts'
import { missingKafka, startKafka } from './kafka-server.ts'

const libraries = join(cacheFolder(), 'streams-4.4.0', 'libs')

function missing(): string | null {
  if (existsSync(join(libraries, 'kafka-streams-4.4.0.jar'))) return missingKafka('4.4.0')
  return 'Kafka Streams 4.4.0: not installed, run scripts/setup-interop.sh'
}
const reason = missing()

const PROPERTIES = {
  'group.streams.initial.rebalance.delay.ms': '0',
  'group.streams.heartbeat.interval.ms': '500',
  'group.streams.min.heartbeat.interval.ms': '500',
}

/** The scenario's lines. */
const run = (bootstrap: string): Promise<string[]> =>
  javaScenario('streams/StreamsScenario.java', bootstrap, [libraries])

describe.skipIf(reason !== null)(`Kafka Streams${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('counts words, shares tasks, keeps standbys and ends alike on both', async () => {
    const kafka = await startKafka({ release: '4.4.0', properties: PROPERTIES })
    const embedded = await startBroker({ groupHeartbeatIntervalMs: 500 })
    try {
      const real = await run(kafka.bootstrap)
      expect(real).toContain('two [3 active 0 standby, 3 active 0 standby]')
      expect(real.length).toBeGreaterThan(14)
      expect(await run(`127.0.0.1:${embedded.port}`)).toEqual(real)
    } finally {
      await Promise.all([kafka.stop(), embedded.close()])
    }
  }, 240_000)
})
