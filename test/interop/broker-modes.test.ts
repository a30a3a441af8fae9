/** Real clients against the embedded broker's modes: three nodes, logging in, TLS, a broker of an older release. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BrokerHandle, type StartOptions, startBroker } from '../../src/broker/server.ts'
import { type Client, type ClientOptions, missing, problems, runClient } from './clients.ts'

interface Mode {
  readonly name: string
  readonly start: StartOptions
  readonly clients: readonly Client[]
  readonly options: ClientOptions
}

const CLIENTS: readonly Client[] = ['kafka-python', 'confluent', 'kafkajs', 'java-4.4', 'java-3.9', 'franz-go']

const modes: Mode[] = [
  {
    name: 'three nodes',
    start: { nodes: 3 },
    clients: [...CLIENTS, 'aiokafka', 'kcat'],
    options: { replicationFactor: 3 },
  },
]

describe.each(modes)('the embedded broker, $name', ({ start, clients, options }) => {
  let broker: BrokerHandle
  const lines: string[] = []

  beforeAll(async () => {
    broker = await startBroker({ numPartitions: 3, ...start, log: (line) => lines.push(line) })
  })
  afterAll(async () => {
    await broker.close()
    expect(lines).toEqual([])
  })

  for (const client of clients) {
    const reason = missing(client)
    const title = reason === null ? client : `${client} (skipped: ${reason})`
    it.skipIf(reason !== null)(title, { concurrent: true }, async () => {
      const run = await runClient(client, `127.0.0.1:${broker.port}`, 'full', options)
      expect(problems(run)).toEqual([])
    })
  }
})
