/** `conform` against real Kafka: every check passes, and the broker is left as it was. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../../src/client/cluster.ts'
import { runConform } from '../../src/conform/run.ts'
import { type KafkaRelease, type KafkaServer, missingKafka, startKafka } from './kafka-server.ts'

const RELEASES: readonly KafkaRelease[] = ['4.4.0', '3.9.2']

for (const release of RELEASES) {
  describe.runIf(missingKafka(release) === null)(`Apache Kafka ${release}`, () => {
    let kafka: KafkaServer

    beforeAll(async () => {
      kafka = await startKafka({ release })
    }, 90_000)
    afterAll(() => kafka?.stop())

    it('passes at least 500 checks, fails none, and has no topic or group of the run after it', async () => {
      const [host, port] = kafka.bootstrap.split(':')
      const address = { host: host!, port: Number(port) }
      const { results, left } = await runConform({ address, connection: {}, seed: 1, wants: () => true })
      const failed = results.filter(({ outcome }) => outcome === 'fail')
      expect(failed.map(({ check, message }) => `${check.id}: ${message}`)).toEqual([])
      expect(results.filter(({ outcome }) => outcome === 'pass').length).toBeGreaterThan(500)
      expect(left).toEqual([])
      const cluster = new Cluster([address])
      const topics = await cluster.metadata(null)
      expect(topics.filter(({ name }) => name.startsWith('kafkascope-conform'))).toEqual([])
      const listed = await (await cluster.any()).call<{ groups: { groupId: string }[] }>('ListGroups', {})
      expect(listed.body.groups.filter(({ groupId }) => groupId.startsWith('kafkascope-conform'))).toEqual([])
      await cluster.close()
    }, 240_000)
  })
}
