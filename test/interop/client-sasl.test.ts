/** Logging in to a real Kafka: PLAIN, SCRAM with a user that our own client made, and wrong passwords. */
import { pbkdf2Sync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../../src/client/cluster.ts'
import type { ClientError } from '../../src/client/errors.ts'
import type { SaslOptions } from '../../src/client/sasl.ts'
import { type KafkaServer, missingKafka, startKafka } from './kafka-server.ts'

const ADMIN: SaslOptions = { mechanism: 'PLAIN', username: 'admin', password: 'admin-secret' }
const ALICE = { username: 'al=i,ce', password: 'pässword' }
const SECURITY = 'org.apache.kafka.common.security'
const ITERATIONS = 4096

const PROPERTIES = {
  'listener.security.protocol.map': 'PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
  'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
  'sasl.mechanism.inter.broker.protocol': 'PLAIN',
  'listener.name.plaintext.plain.sasl.jaas.config': `${SECURITY}.plain.PlainLoginModule required username="admin" password="admin-secret" user_admin="admin-secret";`,
  'listener.name.plaintext.scram-sha-256.sasl.jaas.config': `${SECURITY}.scram.ScramLoginModule required;`,
  'listener.name.plaintext.scram-sha-512.sasl.jaas.config': `${SECURITY}.scram.ScramLoginModule required;`,
}

const reason = missingKafka('4.4.0')

describe('the client logs in to Kafka 4.4.0', () => {
  let kafka: KafkaServer | null = null

  beforeAll(async () => {
    if (reason === null) kafka = await startKafka({ release: '4.4.0', properties: PROPERTIES })
  })
  afterAll(() => kafka?.stop())

  async function as<T>(sasl: SaslOptions, use: (cluster: Cluster) => Promise<T>): Promise<T> {
    const [host, port] = kafka!.bootstrap.split(':') as [string, string]
    const cluster = new Cluster([{ host, port: Number(port) }], { sasl })
    try {
      return await use(cluster)
    } finally {
      await cluster.close()
    }
  }

  it.skipIf(reason !== null)(
    `PLAIN and SCRAM, right and wrong${reason === null ? '' : ` (skipped: ${reason})`}`,
    async () => {
      const salt = Buffer.from('a salt of some length')
      const upsertions = ([1, 2] as const).map((mechanism) => ({
        name: ALICE.username,
        mechanism,
        iterations: ITERATIONS,
        salt,
        saltedPassword: pbkdf2Sync(
          ALICE.password,
          salt,
          ITERATIONS,
          mechanism * 32,
          mechanism === 1 ? 'sha256' : 'sha512',
        ),
      }))
      await as(ADMIN, async (cluster) => {
        const connection = await cluster.any()
        // Kafka takes one credential of a user in a request.
        for (const upsertion of upsertions) {
          const request = { deletions: [], upsertions: [upsertion] }
          const { body } = await connection.call('AlterUserScramCredentials', request)
          expect(body.results).toEqual([expect.objectContaining({ errorCode: 0 })])
        }
      })
      for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const) {
        // The credential comes through the metadata log: a moment later.
        await expect
          .poll(() => as({ mechanism, ...ALICE }, (cluster) => cluster.metadata([])).catch((error) => error), {
            timeout: 5000,
          })
          .toEqual([])
        const wrong = { mechanism, ...ALICE, password: 'another' }
        const error = await as(wrong, (cluster) => cluster.metadata([])).catch((caught: ClientError) => caught)
        expect(error).toMatchObject({ kind: 'auth', message: expect.stringContaining('SASL_AUTHENTICATION_FAILED') })
      }
      const error = await as({ ...ADMIN, password: 'no' }, (cluster) => cluster.metadata([])).catch((caught) => caught)
      expect(error).toMatchObject({ kind: 'auth' })
    },
  )
})
