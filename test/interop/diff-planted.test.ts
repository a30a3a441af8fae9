/**
 * Over sockets: the requests of a real client's recording sent to `broker` and to `broker --bug`: each of the planted bugs
 * is the only thing that `diff` shows of the two.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { BUGS } from '../../src/bugs/kinds/index.ts'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { run } from '../../src/cli/diff.ts'
import { run as replay } from '../../src/cli/replay.ts'
import { memoryIo } from '../cli/memory-io.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
const RECORDING = join(folder, 'own.pcapng')
/** librdkafka writes and reads, its newest versions: flexible ones among them. */
const CLIENT = 'captures/rdkafka44-seed.pcapng'
const brokers: BrokerHandle[] = []

async function started(bug?: string): Promise<string> {
  const bugs = new Planter(bug === undefined ? [] : [parseBug(bug)])
  const broker = await startBroker({ numPartitions: 3, initialRebalanceDelayMs: 500, bugs })
  brokers.push(broker)
  return `127.0.0.1:${broker.port}`
}

beforeAll(async () => {
  const io = { ...memoryIo(), stop: new AbortController() }
  await replay(CLIENT, { to: await started(), speed: 'max', record: RECORDING }, io)
})
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Bugs that cost the rest of the connection, and those that ListOffsets v7 and Fetch v11 have no place for. */
const NO_PLACE =
  /^(?:http-answer|no-answer|closed-connection|.*frame-size|correlation-mismatch|tag-(?:version|size)|bad-boolean|negative-length|compact-length|unexpected-tag-buffer)$/

interface Line {
  readonly type: string
  readonly api: string
  readonly what: string
  readonly kind: string | null
}

async function diff(bug?: string): Promise<Line[]> {
  const io = memoryIo()
  await run(RECORDING, await started(bug), { speed: 'max', json: true }, io)
  const lines = io.stdout.lines.map((line) => JSON.parse(line) as Line).filter(({ type }) => type === 'difference')
  return lines.filter((line) => !isChance(line))
}

/** Which of three members that join together leads, and so who is given and fetches what, is chance. */
const isChance = ({ api, what }: Line): boolean =>
  (api === 'SyncGroup' && what === 'renaming') || (api === 'Fetch' && what === 'order')

test('the sound broker answers its own recording as it did', async () => {
  expect(await diff()).toEqual([])
}, 60_000)

/** Where each can be planted in what this client asks, without consequence for what it asks next. */
const PLACES: readonly string[] = BUGS.flatMap(({ name }) => {
  if (NO_PLACE.test(name)) return []
  return /^(?:batch-|record-length)/.test(name) ? `${name}:Fetch` : `${name}:ListOffsets`
})

test('there are at least 20', () => expect(PLACES.length).toBeGreaterThanOrEqual(20))

describe('a planted bug is all that is shown', () => {
  test.each(PLACES)(
    '%s',
    async (bug) => {
      const differences = await diff(bug)
      expect(differences.length).toBeGreaterThan(0)
      expect(new Set(differences.map(({ api }) => api))).toEqual(new Set([bug.split(':')[1]]))
      expect(differences.some(({ what, kind }) => what === 'finding' && kind === 'response')).toBe(true)
    },
    60_000,
  )
})
