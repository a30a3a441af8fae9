/** Real clients against the embedded broker: create, produce with every codec, a group of three that rebalances, commit. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { type ClientOptions, clients, codecs, missing, problems, runClient } from './clients.ts'

describe('the embedded broker', () => {
  let broker: BrokerHandle
  const lines: string[] = []

  beforeAll(async () => {
    broker = await startBroker({ numPartitions: 3, log: (line) => lines.push(line) })
  })
  afterAll(async () => {
    await broker.close()
    expect(lines).toEqual([])
  })

  /** As kcat talked to a broker of 0.9: no ApiVersions, the oldest versions, messages of magic 0. */
  const old: ClientOptions = {
    codecs: codecs.filter((codec) => codec !== 'zstd'),
    config: { 'api.version.request': 'false', 'broker.version.fallback': '0.9.0.1' },
  }
  const rows = [...clients.map((client) => [client, client, {}] as const), ['kcat of 0.9', 'kcat', old] as const]

  for (const [name, client, options] of rows) {
    const reason = missing(client)
    const title = reason === null ? name : `${name} (skipped: ${reason})`
    it.skipIf(reason !== null)(title, { concurrent: true }, async () => {
      const run = await runClient(client, `127.0.0.1:${broker.port}`, 'full', options)
      expect(problems(run)).toEqual([])
    })
  }
})
