/** A Kafka Streams application in the streams protocol (KIP-1071): on the embedded broker as on Apache Kafka 4.4.0. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker/server.ts'
import { cacheFolder } from './cache.ts'
import { missingKafka, startKafka } from './kafka-server.ts'

const source = fileURLToPath(new URL('./clients/java/streams/StreamsScenario.java', import.meta.url))
const logging = fileURLToPath(new URL('./clients/java/log4j2.properties', import.meta.url))
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
async function run(bootstrap: string): Promise<string[]> {
  const jvm = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Dlog4j2.configurationFile=${logging}`]
  const path = [join(libraries, '*'), join(cacheFolder(), 'kafka-4.4.0', 'libs', '*')].join(':')
  const { stdout } = await promisify(execFile)('java', [...jvm, '-cp', path, source, bootstrap], { timeout: 110_000 })
  return stdout.trimEnd().split('\n')
}

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
