/** `replay` of captures on a fresh Kafka: no error that the recording has not. */
import { afterEach, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/replay.ts'
import type { ReplayOptions } from '../../src/cli/replay-options.ts'
import { memoryIo } from '../cli/memory-io.ts'
import { type KafkaRelease, type KafkaServer, missingKafka, startKafka } from './kafka-server.ts'

interface Row {
  readonly capture: string
  readonly what: string
  readonly release: KafkaRelease
  readonly options?: ReplayOptions
  /** The recorded cluster held more than the recording makes: its lists are longer, and that is told; and it was set up otherwise. */
  readonly fuller?: true
}

const ROWS: readonly Row[] = [
  { capture: 'java44-eos', what: 'transactions, idempotent producers, a classic group', release: '4.4.0' },
  { capture: 'java44-eos', what: 'the same as fast as may be', release: '4.4.0', options: { speed: 'max' } },
  { capture: 'rdkafka44-seed', what: 'classic groups of librdkafka', release: '4.4.0' },
  { capture: 'kafkapython3-44', what: 'a classic group of kafka-python', release: '4.4.0' },
  { capture: 'kafkajs39', what: 'a classic group of kafkajs', release: '3.9.2' },
  { capture: 'rdkafka39-snappy', what: 'librdkafka and compressed records', release: '3.9.2' },
  { capture: 'java44-admin', what: 'the admin client', release: '4.4.0', fuller: true },
  { capture: 'java44-kip848', what: 'a KIP-848 group', release: '4.4.0' },
]

/** The recorded brokers had a quorum that can be changed (kraft.version 1), those of these tests a fixed one. */
const IGNORED = ['ApiVersions.response.finalizedFeatures', 'ApiVersions.response.finalizedFeaturesEpoch']

/** What lists all that a cluster holds, and how its brokers are set up. */
const LISTS = new Set([
  'Metadata',
  'ListGroups',
  'DescribeLogDirs',
  'ListTransactions',
  'DescribeClientQuotas',
  'ListConfigResources',
  'DescribeConfigs',
])

let kafka: KafkaServer | null = null
afterEach(() => kafka?.stop())

describe.each(ROWS)('$capture: $what', ({ capture, release, options, fuller }) => {
  const reason = missingKafka(release)
  it.skipIf(reason !== null)(
    `replays on a fresh Kafka ${release}${reason ? ` (skipped: ${reason})` : ''}`,
    async () => {
      // As the broker of the recording had it, and Kafka by default.
      kafka = await startKafka({ release, properties: { 'group.initial.rebalance.delay.ms': '3000' } })
      const io = { ...memoryIo(), stop: new AbortController() }
      const status = await run(
        `captures/${capture}.pcapng`,
        { to: kafka.bootstrap, json: true, ignore: IGNORED, ...options },
        io,
      )
      const lines = io.stdout.lines.map((line) => JSON.parse(line) as Record<string, unknown>)
      const said = lines
        .filter(({ type }) => type !== 'exchange')
        .map((line) => JSON.stringify(line).slice(0, 1000))
        .join('\n')
      const summary = lines.at(-1)!.replay as Record<string, unknown>
      if (process.env.REPLAY_SHOW) {
        console.log(said)
        for (const l of lines.filter(({ type }) => type === 'exchange')) console.log(JSON.stringify(l).slice(0, 900))
      }
      expect(summary.newErrors, said).toEqual({})
      expect(summary.unanswered, said).toBe(0)
      expect(summary.sent, said).toBeGreaterThan(20)
      if (fuller) {
        const apis = new Set(lines.filter(({ type }) => type === 'difference').map(({ api }) => String(api)))
        expect([...apis].filter((api) => !LISTS.has(api))).toEqual([])
      } else expect(summary.differing, said).toBe(0)
      expect(status, said).toBe(fuller ? 1 : 0)
    },
    90_000,
  )
})
