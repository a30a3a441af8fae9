/** ACLs: what users are told by the embedded broker is what Apache Kafka 4.4.0 with its StandardAuthorizer tells them. */
import { describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker/server.ts'
import { plays } from './acl-plays.ts'
import { advertised, PROPERTIES, refusals, Stage, USERS } from './acl-stage.ts'
import { missingKafka, startKafka } from './kafka-server.ts'

const reason = missingKafka('4.4.0')

describe.skipIf(reason !== null)(`ACLs${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('are applied to every request as Apache Kafka 4.4.0 applies them', async () => {
    const kafka = await startKafka({ release: '4.4.0', properties: PROPERTIES })
    const embedded = await startBroker({
      initialRebalanceDelayMs: 0,
      sasl: { users: USERS, mechanisms: ['PLAIN'], maxReauthMs: 0 },
      access: { acls: [], superUsers: new Set(['User:admin']), allowIfNoAcl: false },
    })
    const real = new Stage(kafka.bootstrap)
    const ours = new Stage(`127.0.0.1:${embedded.port}`)
    try {
      const apis = await advertised(real)
      await Promise.all([real.prepare(), ours.prepare()])
      const refused = await refusals(real, apis)
      expect(refused.length).toBeGreaterThan(200)
      expect(await refusals(ours, apis)).toEqual(refused)
      const told = await plays(real)
      expect(told.length).toBeGreaterThan(300)
      expect(await plays(ours)).toEqual(told)
    } finally {
      real.close()
      ours.close()
      await Promise.all([kafka.stop(), embedded.close()])
    }
  }, 240_000)
})
