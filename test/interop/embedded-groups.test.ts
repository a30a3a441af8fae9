/** KIP-848 groups and share groups of real clients on the embedded broker: the outcome is that of a real one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { type Client, missing, problems, runClient, type Scenario } from './clients.ts'

/** As in the tests against Apache Kafka: 5 s between heartbeats would make each rebalance slow. */
const HEARTBEAT_MS = 500

interface Row {
  readonly client: Client
  readonly scenario: Scenario
  readonly config: Readonly<Record<string, string>>
}

const ROWS: readonly Row[] = [
  { client: 'java-4.4', scenario: 'full', config: { 'group.protocol': 'consumer' } },
  { client: 'java-4.4', scenario: 'full', config: { 'group.protocol': 'consumer', 'group.remote.assignor': 'range' } },
  { client: 'confluent', scenario: 'full', config: { 'group.protocol': 'consumer' } },
  { client: 'java-4.4', scenario: 'share', config: {} },
]

describe('groups of the new protocols on the embedded broker', () => {
  let broker: BrokerHandle
  const lines: string[] = []

  beforeAll(async () => {
    broker = await startBroker({ groupHeartbeatIntervalMs: HEARTBEAT_MS, log: (line) => lines.push(line) })
  })
  afterAll(async () => {
    await broker.close()
    expect(lines).toEqual([])
  })

  for (const { client, scenario, config } of ROWS) {
    const reason = missing(client)
    const title = `${client}, ${scenario} ${JSON.stringify(config)}`
    it.skipIf(reason !== null)(reason === null ? title : `${title} (skipped: ${reason})`, async () => {
      const run = await runClient(client, `127.0.0.1:${broker.port}`, scenario, { config })
      expect(problems(run, scenario === 'share')).toEqual([])
      const group = run.result?.group ?? ''
      expect(broker.broker.coordinator.typeOf(group)).toBe(scenario === 'share' ? 'share' : 'consumer')
    })
  }
})
