/**
 * Transactions, idempotence and fetch: what the embedded broker answers is what Apache Kafka 4.4.0 answers, request by
 * request; and real clients' transactional producers, with readers of committed records, do there what they do here.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import answers from '../broker/transaction-answers.json' with { type: 'json' }
import { missing, problems, runClient, transactionalClients } from './clients.ts'
import { type KafkaServer, missingKafka, startKafka } from './kafka-server.ts'
import { PLAYS } from './transaction-plays.ts'
import { Stage } from './transaction-scripts.ts'

let broker: BrokerHandle
const closed: string[] = []

beforeAll(async () => {
  broker = await startBroker({ numPartitions: 3, log: (line) => closed.push(line) })
})
afterAll(async () => {
  await broker.close()
  expect(closed).toEqual([])
})

const here = (): string => `127.0.0.1:${broker.port}`

describe('request by request, beside Apache Kafka 4.4.0', () => {
  const reason = missingKafka('4.4.0')
  let kafka: KafkaServer | undefined
  beforeAll(async () => {
    // InitProducerId v6 (KIP-939) is not stable yet.
    if (reason === null) kafka = await startKafka({ properties: { 'unstable.api.versions.enable': 'true' } })
  })
  afterAll(() => kafka?.stop())

  for (const [title, play] of Object.entries(PLAYS)) {
    const name = reason === null ? title : `${title} (skipped: ${reason})`
    it.skipIf(reason !== null)(name, async () => {
      const told: string[][] = []
      for (const address of [kafka!.bootstrap, here()]) {
        const stage = await Stage.open(address)
        await play(stage)
        stage.client.close()
        told.push(stage.lines)
      }
      expect(told[1]).toEqual(told[0])
      // What is kept for machines without Java is still true.
      expect(answers).toMatchObject({ [title]: told[0] })
    })
  }
})

describe('transactional clients', () => {
  for (const client of transactionalClients) {
    const reason = missing(client)
    const name = reason === null ? client : `${client} (skipped: ${reason})`
    it.skipIf(reason !== null)(name, { concurrent: true }, async () => {
      expect(problems(await runClient(client, here(), 'full', { transactional: true }))).toEqual([])
    })
  }
})
