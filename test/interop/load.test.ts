/** `load --scenario groups`, the original test: against real Kafka it passes, as against the embedded broker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/load.ts'
import type { LoadOptions } from '../../src/cli/load-options.ts'
import { memoryIo } from '../cli/memory-io.ts'
import { type KafkaOptions, type KafkaServer, missingKafka, startKafka } from './kafka-server.ts'

const ROWS: readonly { readonly name: string; readonly kafka: KafkaOptions }[] = [
  { name: 'Kafka 4.4.0', kafka: { release: '4.4.0' } },
  { name: 'Kafka 3.9.2', kafka: { release: '3.9.2' } },
  { name: 'three nodes of Kafka 4.4.0', kafka: { nodes: 3 } },
]

async function load(brokers: string, options: LoadOptions) {
  const io = memoryIo()
  const status = await run(
    [brokers],
    { json: true, ...options },
    {
      ...io,
      columns: null,
      interrupted: new Promise(() => {}),
    },
  )
  const lines = io.stdout.lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  return { status, lines, summary: lines.at(-1)!, said: `${io.stdout.text}\n${io.stderr.text}` }
}

describe.each(ROWS)('load against $name', ({ name, kafka: options }) => {
  const reason = missingKafka(options.release ?? '4.4.0')
  let kafka: KafkaServer | null = null

  beforeAll(async () => {
    if (reason === null) kafka = await startKafka(options)
  })
  afterAll(() => kafka?.stop())

  const title = reason === null ? name : `${name} (skipped: ${reason})`
  it.skipIf(reason !== null)(`the groups scenario passes: ${title}`, async () => {
    const { status, lines, summary, said } = await load(kafka!.bootstrap, { scenario: 'groups' })
    expect(summary.problems, said).toEqual([])
    expect(status, said).toBe(0)
    expect(summary).toMatchObject({ ok: true, lost: 0, sent: 40_000, acknowledged: 40_000, read: 40_000 })
    const owned = lines.filter(({ type }) => type === 'consumer').flatMap(({ partitions }) => partitions as number[])
    expect(owned.sort()).toEqual([0, 1, 2, 3, 4, 5])
  })

  it.skipIf(reason !== null)(`every codec, keys, acks and old versions: ${title}`, async () => {
    const rows: LoadOptions[] = [
      { codec: 'gzip', acks: '1' },
      { codec: 'snappy', acks: 'all', keys: '7' },
      { codec: 'lz4', producers: '2' },
      { codec: 'zstd' },
      // What is the oldest that both releases take.
      { codec: 'gzip', apiVersion: ['Produce=3', 'Fetch=4', 'Metadata=1', 'JoinGroup=2', 'OffsetFetch=2'] },
      { apiVersion: ['Produce=9', 'Fetch=12', 'OffsetCommit=2', 'SyncGroup=1', 'Heartbeat=1', 'LeaveGroup=1'] },
    ]
    for (const row of rows) {
      const { status, summary, said } = await load(kafka!.bootstrap, { ...row, count: '2000', consumers: '2' })
      expect(summary.problems, said).toEqual([])
      expect(status, said).toBe(0)
      expect(summary).toMatchObject({ acknowledged: 2000, read: 2000, lost: 0, failed: 0 })
    }
  })
})
