/** Java's Admin: what an administrator does comes out on the embedded broker as on a real Apache Kafka of one node. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker/server.ts'
import { cacheFolder } from './cache.ts'
import { missingKafka, startKafka } from './kafka-server.ts'

const source = fileURLToPath(new URL('./clients/java/admin/AdminScenario.java', import.meta.url))
const logging = fileURLToPath(new URL('./clients/java/log4j2.properties', import.meta.url))
const reason = missingKafka('4.4.0')

/** The scenario's lines. */
async function administrate(bootstrap: string): Promise<string[]> {
  const jvm = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Dlog4j2.configurationFile=${logging}`]
  const libraries = join(cacheFolder(), 'kafka-4.4.0', 'libs', '*')
  const { stdout } = await promisify(execFile)('java', [...jvm, '-cp', libraries, source, bootstrap], {
    timeout: 100_000,
  })
  return stdout.trimEnd().split('\n')
}

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
