/**
 * The control: real clients against real brokers with nothing of ours in between. What fails here is not the proxy's
 * fault. Kafka 4.4.0 always; `KAFKASCOPE_INTEROP_ALL=1` adds 3.9.2, three nodes, KIP-848 groups,
 * share groups and transactions.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ClientOptions,
  clients,
  missing,
  problems,
  runClient,
  type Scenario,
  transactionalClients,
} from './clients.ts'
import { type KafkaOptions, type KafkaServer, missingKafka, startKafka } from './kafka-server.ts'

const all = process.env.KAFKASCOPE_INTEROP_ALL === '1'

interface Row {
  readonly name: string
  readonly kafka: KafkaOptions
  readonly clients: typeof clients
  readonly scenario?: Scenario
  readonly options: ClientOptions
}

const rows: Row[] = [
  { name: 'Kafka 4.4.0', kafka: { release: '4.4.0' }, clients, options: {} },
  { name: 'Kafka 3.9.2', kafka: { release: '3.9.2' }, clients, options: {} },
  {
    name: '3 nodes',
    kafka: { nodes: 3 },
    clients: ['confluent', 'java-4.4', 'kcat'],
    options: { replicationFactor: 3 },
  },
  {
    name: 'consumer groups of KIP-848',
    kafka: {},
    clients: ['confluent', 'java-4.4'],
    options: { config: { 'group.protocol': 'consumer' } },
  },
  { name: 'share groups', kafka: {}, clients: ['java-4.4'], scenario: 'share', options: {} },
  { name: 'transactions', kafka: {}, clients: transactionalClients, options: { transactional: true } },
]

describe.each(all ? rows : rows.slice(0, 1))('$name', (row) => {
  const noKafka = missingKafka(row.kafka.release ?? '4.4.0')
  let kafka: KafkaServer | undefined

  beforeAll(async () => {
    if (noKafka === null) kafka = await startKafka(row.kafka)
  })
  afterAll(async () => {
    await kafka?.stop()
  })

  for (const client of row.clients) {
    const reason = noKafka ?? missing(client)
    const name = reason === null ? client : `${client} (skipped: ${reason})`
    it.skipIf(reason !== null)(name, { concurrent: true }, async () => {
      const run = await runClient(client, kafka!.bootstrap, row.scenario ?? 'full', row.options)
      expect(problems(run)).toEqual([])
      if (process.env.KAFKASCOPE_INTEROP_SHOW) console.log(row.name, run.ms, JSON.stringify(run.result))
    })
  }
})
