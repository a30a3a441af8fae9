/**
 * Planted bugs and real clients: what the program says that a client will print is what it prints. The original bug and
 * ten others, through the built proxy and its embedded broker.
 */
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/codec/json-text.ts'
import { asPrinted } from '../findings/clients/printed.ts'
import { type Client, missing, runClient } from './clients.ts'
import { notBuilt, startProxy } from './proxy-process.ts'

/** A client's program, and its name in findings. */
const NAMES = { confluent: 'librdkafka', 'java-4.4': 'java', kafkajs: 'kafkajs' } as const
type Tried = keyof typeof NAMES

const ALL: readonly Tried[] = ['confluent', 'java-4.4', 'kafkajs']

/** Bugs, and the clients that complain of them in words of the bytes. */
const BUGS: readonly (readonly [bug: string, clients: readonly Tried[]])[] = [
  ['shared-error-body:JoinGroup', ALL],
  ['missing-field:JoinGroup', ALL],
  ['truncated:JoinGroup', ALL],
  ['huge-length:JoinGroup', ALL],
  ['wrong-count:JoinGroup', ALL],
  ['negative-length:JoinGroup', ['confluent', 'kafkajs']],
  ['null-not-allowed:JoinGroup', ['java-4.4']],
  ['missing-tag-buffer:JoinGroup', ['java-4.4']],
  // The Java client is done before its first heartbeat.
  ['shared-error-body:Heartbeat', ['confluent', 'kafkajs']],
  ['shared-error-body:FindCoordinator', ALL],
  ['missing-field:Metadata', ALL],
  ['huge-count:Metadata', ALL],
  ['correlation-mismatch:JoinGroup', ['java-4.4', 'kafkajs']],
  ['negative-frame-size:JoinGroup', ['confluent', 'java-4.4']],
  ['batch-crc:Fetch', ['java-4.4']],
]

const rows = BUGS.flatMap(([bug, clients]) => clients.map((client) => [bug, client] as const))

/** What findings say that the client will print: each once, but for those of the last line, which it may not have seen. */
function predicted(lines: readonly JsonObject[], name: string): string[] {
  const words = lines.flatMap((line) => {
    const findings = line.type === 'exchange' ? (line.findings as JsonObject[]) : line.type === 'finding' ? [line] : []
    return findings.flatMap(({ clients }) => ((clients ?? {}) as Record<string, string>)[name] ?? [])
  })
  return [...new Set(words.length > 1 ? words.slice(0, -1) : words)]
}

describe('what is predicted is what is printed', () => {
  for (const [bug, client] of rows) {
    const reason = notBuilt() ?? missing(client as Client)
    const title = `${bug}, ${client}${reason === null ? '' : ` (skipped: ${reason})`}`
    it.skipIf(reason !== null)(title, { timeout: 90_000 }, async () => {
      const proxy = await startProxy(null, ['--bug', bug])
      const options = { consumers: 1, codecs: ['none'], messagesPerCodec: 4, timeoutMs: 9000 } as const
      const run = await runClient(client, proxy.address, 'full', options)
      await proxy.stop()
      const words = predicted(proxy.lines, NAMES[client])
      const printed = asPrinted(run.stderr + run.stdout)
      expect(words.length, run.stderr.slice(-2000)).toBeGreaterThan(0)
      for (const each of words) expect(printed).toContain(each)
    })
  }
})
