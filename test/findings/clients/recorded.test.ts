/**
 * What real clients printed when they got answers with planted bugs, and what the program says that they will. A line of
 * recorded.jsonl is one run: client, version, bug, the broken answers (or the size or correlation id that was wrong), and
 * the lines that the client printed. `test/interop/bugs.test.ts` does the same with live clients.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeFrame } from '../../../src/codec/frame.ts'
import { correlationWords, sizeWords } from '../../../src/findings/clients/around.ts'
import { inspectFrame } from '../../../src/findings/inspect.ts'
import { asPrinted } from './printed.ts'

interface Recorded {
  readonly client: string
  readonly version: string
  readonly bug: string
  readonly answers: readonly (readonly [apiKey: number, apiVersion: number, correlationId: number, frame: string])[]
  readonly size?: number
  readonly correlation?: readonly [actual: number, expected: number]
  readonly says: readonly string[]
}

const recorded = readFileSync('test/findings/clients/recorded.jsonl', 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)

/** The words predicted for what a run's client got, in order. */
function predicted({ client, answers, size, correlation }: Recorded): string[] {
  const around = [
    ...(size === undefined ? [] : [sizeWords(size)]),
    ...(correlation ? [correlationWords(...correlation)] : []),
  ].flatMap((words) => words?.[client] ?? [])
  const within = answers.flatMap(([apiKey, apiVersion, , hex]) => {
    const frame = decodeFrame(Buffer.from(hex, 'hex'), { kind: 'response', apiKey, apiVersion })
    return inspectFrame(frame).flatMap(({ clients }) => clients?.[client] ?? [])
  })
  return [...around, ...within]
}

/**
 * Runs in which a client complains in words that are not predicted: they say nothing of the bytes (kafka-python's
 * IndexError, Java's heap), or come from what it did with values that it could read.
 */
const UNPREDICTED = [
  'aiokafka negative-length:JoinGroup',
  'aiokafka null-not-allowed:JoinGroup',
  'java http-answer:JoinGroup',
  'java huge-frame-size:JoinGroup',
  'kafka-python huge-count:JoinGroup',
  'kafka-python huge-length:JoinGroup',
  'kafka-python missing-field:JoinGroup',
  'kafka-python missing-field:Metadata',
  'kafka-python missing-tag-buffer:JoinGroup',
  'kafka-python null-not-allowed:JoinGroup',
  'kafka-python shared-error-body:FindCoordinator',
  'kafka-python truncated:JoinGroup',
  'kafka-python wrong-count:JoinGroup',
  'kafkajs negative-frame-size:JoinGroup',
  'kafkajs null-not-allowed:JoinGroup',
  'librdkafka null-not-allowed:JoinGroup',
]

test.each(recorded.map((run) => [`${run.client} ${run.version}, ${run.bug}`, run] as const))('%s', (_name, run) => {
  const words = predicted(run)
  const text = asPrinted(run.says.join('\n'))
  for (const each of words) expect(text).toContain(each)
})

test('a client that complained was predicted to, but for a known few', () => {
  const missed = recorded.filter((run) => run.says.length > 0 && predicted(run).length === 0)
  expect([...new Set(missed.map(({ client, bug }) => `${client} ${bug}`))].sort()).toEqual(UNPREDICTED)
})

test('most of what is recorded is predicted', () => {
  expect(recorded.length).toBeGreaterThan(120)
  expect(recorded.filter((run) => predicted(run).length > 0).length).toBeGreaterThan(80)
})
