/** Real clients against the embedded broker's modes: three nodes, logging in, TLS, a broker of an older release. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RELEASES, releaseRanges } from '../../dissectors/releases.ts'
import type { ApiLimits } from '../../src/broker/broker.ts'
import { MECHANISMS } from '../../src/broker/sasl.ts'
import { type BrokerHandle, type StartOptions, startBroker } from '../../src/broker/server.ts'
import { makeCertificate, writeCa } from '../../src/proxy/certificate.ts'
import { type Client, type ClientOptions, codecs, missing, problems, runClient } from './clients.ts'

interface Mode {
  readonly name: string
  readonly start: StartOptions
  readonly clients: readonly Client[]
  readonly options: ClientOptions
}

const CLIENTS: readonly Client[] = ['kafka-python', 'confluent', 'kafkajs', 'java-4.4', 'java-3.9', 'franz-go']

const alice = { username: 'alice', password: 'secret' }
const sasl = { users: new Map([['alice', 'secret']]), mechanisms: MECHANISMS, maxReauthMs: 2000 }
const made = await makeCertificate([])
const folder = mkdtempSync(join(tmpdir(), 'kafkascope-ca-'))
const caFile = writeCa(made.ca, join(folder, 'ca.pem'))

const PRODUCE = 0
/** KIP-110: Produce v7, of Kafka 2.1; Java's client 4.x speaks to none that is older (KIP-896). */
const FIRST_WITH_ZSTD = 7

function asRelease(release: string, apiLimits: ApiLimits): Mode {
  const old = (apiLimits.get(PRODUCE)?.[1] ?? 0) < FIRST_WITH_ZSTD
  return {
    name: `as ${release}`,
    start: { apiLimits },
    clients: old ? CLIENTS.filter((client) => client !== 'java-4.4') : CLIENTS,
    options: old ? { codecs: codecs.filter((codec) => codec !== 'zstd') } : {},
  }
}

const modes: Mode[] = [
  {
    name: 'three nodes',
    start: { nodes: 3 },
    clients: [...CLIENTS, 'aiokafka', 'kcat'],
    options: { replicationFactor: 3 },
  },
  ...MECHANISMS.map((mechanism) => ({
    name: `login by ${mechanism}`,
    start: { sasl },
    clients: mechanism === 'PLAIN' ? [...CLIENTS, 'aiokafka' as const, 'kcat' as const] : CLIENTS,
    options: { sasl: { ...alice, mechanism } },
  })),
  { name: 'TLS', start: { tls: made, nodes: 3 }, clients: CLIENTS, options: { caFile } },
  {
    name: 'TLS and login',
    start: { tls: made, sasl },
    clients: CLIENTS,
    options: { caFile, sasl: { ...alice, mechanism: 'SCRAM-SHA-512' } },
  },
  ...RELEASES.map((release) => asRelease(release, releaseRanges(release)!)),
]

describe.each(modes)('the embedded broker, $name', ({ start, clients, options }) => {
  let broker: BrokerHandle
  const lines: string[] = []

  beforeAll(async () => {
    broker = await startBroker({ numPartitions: 3, ...start, log: (line) => lines.push(line) })
  })
  afterAll(async () => {
    await broker.close()
    // Not every client logs in anew in time on a busy machine; each connects again then.
    expect(lines.filter((line) => !line.includes('the login has expired'))).toEqual([])
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

afterAll(() => rmSync(folder, { recursive: true, force: true }))
