/** `kafkascope diff` of a recording and a live broker, and of two live brokers. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { type DiffOptions, run } from '../../src/cli/diff.ts'
import { run as replay } from '../../src/cli/replay.ts'
import { memoryIo } from './memory-io.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
const RECORDING = join(folder, 'own.pcapng')
const brokers: BrokerHandle[] = []

async function started(bug?: string): Promise<string> {
  const bugs = new Planter(bug === undefined ? [] : [parseBug(bug)])
  const broker = await startBroker({ numPartitions: 3, initialRebalanceDelayMs: 3000, bugs })
  brokers.push(broker)
  return `127.0.0.1:${broker.port}`
}

beforeAll(async () => {
  // A recording of a broker's own, so that the same broker answers the same.
  const io = { ...memoryIo(), stop: new AbortController() }
  await replay('captures/kcat202-v0.10.0-none-39.pcapng', { to: await started(), speed: 'max', record: RECORDING }, io)
})
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function diff(a: string, b: string, options: DiffOptions = {}) {
  const io = memoryIo()
  const status = await run(a, b, { speed: 'max', json: true, ...options }, io)
  const lines = io.stdout.lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  return { status, lines, differences: lines.slice(0, -1), summary: lines.at(-1)!, err: io.stderr.text }
}

describe('a recording and a live broker', () => {
  test('the same broker answers the same: nothing differs', async () => {
    const { status, differences, summary } = await diff(RECORDING, await started())
    expect(differences).toEqual([])
    expect(status).toBe(0)
    expect(summary).toMatchObject({ exchanges: { a: 16, b: 16 }, pairs: 16 })
  })

  test('a bug in the answers is all that is told, with both places', async () => {
    const { status, differences } = await diff(RECORDING, await started('extra-field:ListOffsets'))
    expect(status).toBe(1)
    expect(new Set(differences.map(({ api }) => api))).toEqual(new Set(['ListOffsets']))
    expect(differences[0]).toMatchObject({ what: 'finding', kind: 'response', b: { hex: expect.any(String) } })
  })

  test('nothing listens there: one line, status 2', async () => {
    const address = await started()
    await brokers.pop()!.close()
    await expect(diff(RECORDING, address)).rejects.toThrow(/nothing listens there/)
  })
})

describe('two live brokers', () => {
  test('are sent the same requests: the bug of one is all that differs', async () => {
    const [sound, broken] = [await started(), await started('missing-field:Metadata:brokers.host')]
    const same = await diff(sound, await started(), { requests: RECORDING })
    expect([same.status, same.differences]).toEqual([0, []])
    const { status, differences } = await diff(await started(), broken, { requests: RECORDING })
    expect(status).toBe(1)
    expect(differences[0]).toMatchObject({ api: 'Metadata', what: 'finding' })
  })

  test('want --requests; and what is for live brokers wants one', async () => {
    await expect(diff('127.0.0.1:1', '127.0.0.1:2')).rejects.toThrow('diff: --requests FILE says')
    await expect(diff(RECORDING, '127.0.0.1:1', { requests: RECORDING })).rejects.toThrow('diff: --requests is for two')
    await expect(diff(RECORDING, RECORDING)).rejects.toThrow('diff: --speed wants a live broker')
  })
})
