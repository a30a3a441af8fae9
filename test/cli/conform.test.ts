/** `kafkascope conform` against the embedded broker, sound and with planted bugs. */
import { afterEach, describe, expect, it } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { type ConformOptions, run } from '../../src/cli/conform.ts'
import { memoryIo } from './memory-io.ts'

let broker: BrokerHandle | null = null

afterEach(async () => {
  await broker?.close()
  broker = null
})

async function conform(bugs: readonly string[], options: ConformOptions) {
  broker = await startBroker({ bugs: new Planter(bugs.map(parseBug)) })
  const io = memoryIo()
  const { stdout, stderr } = io
  const status = await run(`${broker.host}:${broker.port}`, options, {
    stdout,
    stderr,
    signal: new AbortController().signal,
  })
  return { status, lines: stdout.lines, failed: failures(stdout.lines) }
}

const failures = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith('FAIL ')).map((line) => /^FAIL ([^:]+):/.exec(line)![1]!)

/** A planted bug, the check that names it. */
const PLANTED: readonly (readonly [bug: string, check: string])[] = [
  ['shared-error-body:Heartbeat:1', 'api/Heartbeat/v1'],
  ['missing-field:ListGroups:2', 'api/ListGroups/v2'],
  ['trailing-bytes:DescribeGroups:5', 'api/DescribeGroups/v5'],
  ['truncated:FindCoordinator:2', 'api/FindCoordinator/v2'],
  ['missing-tag-buffer:ListGroups:3', 'api/ListGroups/v3'],
  ['unexpected-tag-buffer:Heartbeat:2', 'api/Heartbeat/v2'],
  ['wrong-header:ApiVersions:3', 'api/ApiVersions/v3'],
  ['huge-count:DescribeGroups:2', 'api/DescribeGroups/v2'],
  ['correlation-mismatch:ListGroups:1', 'api/ListGroups/v1'],
  ['batch-crc:Fetch:11', 'api/Fetch/v11'],
  ['batch-count:Fetch:10', 'api/Fetch/v10'],
  ['closed-connection:ListGroups:4', 'api/ListGroups/v4'],
  ['early-join', 'groups/join-waits'],
  ['early-sync', 'groups/sync-waits'],
]

describe('a planted bug fails the check that names it', () => {
  it.each(PLANTED)(
    '%s',
    async (bug, check) => {
      const { status, failed } = await conform([bug], { only: [check] })
      expect(failed).toEqual([check])
      expect(status).toBe(1)
      await broker!.close()
      // The same check of a broker without the bug: it fails for no other reason.
      expect((await conform([], { only: [check] })).failed).toEqual([])
    },
    30_000,
  )
})

it('prints JSON lines with a summary', async () => {
  const { lines, status } = await conform([], { only: ['framing/pipelined/*'], json: true })
  expect(status).toBe(0)
  const objects = lines.map((line) => JSON.parse(line))
  expect(objects.slice(0, -1).map(({ id, outcome }) => [id, outcome])).toEqual([
    ['framing/pipelined/2', 'pass'],
    ['framing/pipelined/5', 'pass'],
    ['framing/pipelined/20', 'pass'],
    ['framing/pipelined/100', 'pass'],
  ])
  expect(objects.at(-1)).toMatchObject({ type: 'summary', pass: 4, fail: 0, skip: 0, left: [] })
})

it('refuses --only that fits nothing', async () => {
  await expect(conform([], { only: ['no-such/*'] })).rejects.toThrow('--only fits no check')
})
