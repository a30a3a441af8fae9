/**
 * `diff` of real clients' recordings: the same client run twice, each time against a fresh Apache Kafka, differs in
 * nothing that is not declared; and the broker's own request log says what the wire does.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { Connection } from '../../src/client/connection.ts'
import { type Client, configurableClients, describeRun, missing, runClient } from './clients.ts'
import { missingKafka, startKafka } from './kafka-server.ts'
import { notBuilt, startProxy } from './proxy-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const CLIENTS: readonly Client[] = ['kcat', 'confluent', 'kafkajs', 'java-4.4']
const [TOPIC, GROUP] = ['diffed', 'diffed-group']

/** What is declared besides the built-in rules: the Java producer sends what it has when a request may go out. */
const DECLARED: Readonly<Partial<Record<Client, string>>> = {
  'java-4.4': `
    Produce                                     poll  how many batches there are is a matter of time
    Produce.request.topicData                   any
    Fetch.response.responses.partitions.records any`,
}

/**
 * The broker as it is in the long run: topic and coordinators there, so that no client has to ask again and again; and
 * the logger of requests at DEBUG, as KIP-412 lets it be set.
 */
async function prepare(address: string): Promise<void> {
  const [host, port] = address.split(':')
  const connection = await Connection.open({ host: host!, port: Number(port) })
  await connection.call('IncrementalAlterConfigs', {
    resources: [
      {
        resourceType: 8,
        resourceName: '1',
        configs: [{ name: 'kafka.request.logger', configOperation: 0, value: 'DEBUG' }],
      },
    ],
    validateOnly: false,
  })
  await connection.call('CreateTopics', {
    topics: [{ name: TOPIC, numPartitions: 1, replicationFactor: 1 }],
    timeoutMs: 10_000,
  })
  for (let error = -1; error !== 0; ) {
    const { body } = await connection.call<{ coordinators: { errorCode: number }[] }>('FindCoordinator', {
      keyType: 0,
      coordinatorKeys: [GROUP],
    })
    error = body.coordinators[0]!.errorCode
    if (error !== 0) await sleep(100)
  }
  connection.close()
}

interface Run {
  readonly recording: string
  readonly log: string
}

/** What a client's run looks like on the wire between proxy and a broker that nobody has used, and in the broker's log. */
async function record(client: Client, run: number): Promise<Run> {
  const kafka = await startKafka({ release: '4.4.0', properties: { 'num.partitions': '1' } })
  try {
    const recording = join(folder, `${client}-${run}.pcapng`)
    const proxy = await startProxy(kafka.bootstrap, ['--record', recording])
    await prepare(kafka.bootstrap)
    // Written before it is read: how many messages a fetch finds is then no matter of time.
    for (const scenario of ['produce', 'consume'] as const) {
      const result = await runClient(client, proxy.address, scenario, {
        ...{ topic: TOPIC, group: GROUP, partitions: 1, consumers: 1, codecs: ['none'], messagesPerCodec: 20 },
        expect: 20,
        // All in one batch: how many there are is then no matter of time either.
        ...(configurableClients.includes(client) ? { config: { 'linger.ms': '500' } } : {}),
      })
      expect(result.ok, describeRun(result)).toBe(true)
    }
    await proxy.stop()
    const log = join(folder, `${client}-${run}.log`)
    writeFileSync(log, kafka.logTail(1_000_000))
    return { recording, log }
  } finally {
    await kafka.stop()
  }
}

async function diff(...args: string[]): Promise<{ status: number; out: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['bin/kafkascope.js', 'diff', ...args])
    return { status: 0, out: stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { status: code, out: stdout + stderr }
  }
}

describe('a client run twice against a fresh Apache Kafka 4.4.0', () => {
  for (const client of CLIENTS) {
    const reason = notBuilt() ?? missingKafka('4.4.0') ?? missing(client)
    const title = reason === null ? client : `${client} (skipped: ${reason})`
    it.skipIf(reason !== null)(title, async () => {
      const [first, second] = [await record(client, 1), await record(client, 2)]
      const rules = join(folder, `${client}.rules`)
      writeFileSync(rules, DECLARED[client] ?? '')
      const twice = await diff(first.recording, second.recording, '--rules', rules)
      const log = await diff(first.recording, first.log)
      expect(twice.status, twice.out).toBe(0)
      expect(log.status, log.out).toBe(0)
    })
  }
})
