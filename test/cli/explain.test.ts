import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { type ExplainOptions, run } from '../../src/cli/explain.ts'
import { Recorder } from '../../src/cli/recorder.ts'
import { parseJson } from '../../src/codec/json-text.ts'
import type { Segment } from '../../src/session/segment.ts'
import { requestFrame, responseFrame } from '../proxy/frames.ts'
import { memoryIo } from './memory-io.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
const file = join(folder, 'session.pcapng')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const UNDERFLOW =
  'Protocol read buffer underflow for JoinGroup v5 at 4/4 (rd_kafka_cgrp_handle_JoinGroup:2324): expected 2 bytes > 0 remaining bytes (incorrect broker.version.fallback?)'

/** Two sound exchanges, the original bug, and a Metadata answer that claims too many brokers. */
beforeAll(async () => {
  const recorder = new Recorder(file, { onNotice: () => {} })
  let time = 1_700_000_000_000_000
  const push = (direction: 'request' | 'response', bytes: Uint8Array): void => {
    time += 1000
    recorder.segment({ type: 'data', connection: 1, direction, time, bytes } as Segment, [])
  }
  const connection = { id: 1, client: '127.0.0.1:40001', broker: '127.0.0.1:9092' }
  recorder.segment({ type: 'open', connection, time }, [])
  const exchange = (
    api: string,
    version: number,
    id: number,
    body: Parameters<typeof responseFrame>[2],
    bug?: string,
  ) => {
    push('request', requestFrame({ api, version }, id))
    const sound = responseFrame({ api, version }, id, body)
    const key = { Heartbeat: 12, JoinGroup: 11, Metadata: 3 }[api]!
    push('response', bug ? (new Planter([parseBug(bug)]).plant(sound, key, version) as Uint8Array) : sound)
  }
  const join = { generationId: 1, protocolName: 'range', leader: 'a', memberId: 'a', members: [] }
  const metadata = { brokers: [{ nodeId: 1, host: 'localhost', port: 9092 }], clusterId: 'c', controllerId: 1 }
  exchange('Heartbeat', 3, 1, {})
  exchange('JoinGroup', 5, 2, join)
  exchange('JoinGroup', 5, 3, join, 'shared-error-body')
  exchange('Metadata', 9, 4, metadata, 'huge-count:Metadata')
  await recorder.close()
})

async function explained(text: string, options: ExplainOptions = {}, stdin = '') {
  const io = memoryIo(stdin)
  const status = await run([text], options, io)
  return { status, out: io.stdout.text, lines: io.stdout.lines, err: io.stderr.text }
}

it('says what an error means, where it is in the answer, and what there is to know of it', async () => {
  const { status, out, err } = await explained(UNDERFLOW)
  expect(status).toBe(0)
  expect(out).toContain('librdkafka was reading a JoinGroup v5 answer. It had read 4 of the 4 bytes')
  expect(out).toContain('What it wanted is errorCode (int16), at byte 12 of the frame.')
  expect(out).toContain('body/underflow\n\nWhat it means:')
  expect(err).toBe('')
})

it('finds the frame in a recording, and names the bug', async () => {
  const { status, out } = await explained(UNDERFLOW, { in: [file] })
  expect(status).toBe(1)
  expect(out).toContain('1 finding in 4 exchanges fits it: the client says these very words of it.')
  expect(out).toMatch(/exchange 3, JoinGroup v5, correlation id 3, connection 1, .*, packet \d+/)
  expect(out).toMatch(/0\.\d\d {2}other-api:/)
})

it('finds a frame by what another client says of it', async () => {
  const java = await explained('Tried to allocate a collection of size 2000000000, but there are only', { in: [file] })
  expect(java.status).toBe(2)
  const words = 'Tried to allocate a collection of size 2000000000, but there are only 34 bytes remaining.'
  const { status, out } = await explained(words, { in: [file] })
  expect(status).toBe(1)
  expect(out).toMatch(/exchange 4, Metadata v9/)
  expect(out).not.toContain('exchange 3,')
})

it('says that nothing fits', async () => {
  const { status, out } = await explained(
    'Protocol read buffer underflow for SyncGroup v3 at 4/4: expected 2 bytes > 0 remaining bytes',
    { in: [file] },
  )
  expect(status).toBe(0)
  expect(out).toContain('Nothing in 4 exchanges fits it.')
})

it('as JSON: a line each, a summary last', async () => {
  const { lines } = await explained(UNDERFLOW, { in: [file], json: true })
  const json = lines.map((line) => parseJson(line))
  expect(json).toMatchObject(
    [
      { type: 'explained', client: 'librdkafka', facts: { api: 'JoinGroup', at: 4, size: 4 }, place: /errorCode/ },
      { type: 'fit', fit: 'exact', exchange: 3, api: 'JoinGroup', finding: { code: 'body/underflow' } },
      { type: 'summary', explained: 1, exchanges: 4, fits: 1 },
    ].map((line) => ({ ...line, ...('place' in line ? { place: expect.stringMatching(line.place as RegExp) } : {}) })),
  )
})

it('an error that is not known: says so, and which are', async () => {
  const { status, out, err } = await explained('Connection refused\u001b[31m')
  expect(status).toBe(2)
  expect(err).toMatch(/^kafkascope: explain: not an error known here: Connection refused/)
  expect(err).not.toContain('\u001b')
  expect(out).toMatch(/^Known are errors like these:\n\nlibrdkafka\n {2}Protocol read buffer underflow/)
  expect((await explained('x', { json: true })).lines).toEqual(['{"type":"summary","explained":0}'])
})

it('reads the text from standard input', async () => {
  expect((await explained('-', {}, `a log\n${UNDERFLOW}\n`)).out).toContain('JoinGroup v5 answer')
})

it('refuses what does not go', async () => {
  await expect(explained(' ')).rejects.toThrow(/want the text/)
  await expect(explained(UNDERFLOW, { port: ['9092'] })).rejects.toThrow('explain: --port wants --in')
  await expect(explained(UNDERFLOW, { in: [join(folder, 'none')] })).rejects.toThrow(/there is no such file/)
  await expect(explained(UNDERFLOW, { limit: 'x' })).rejects.toThrow(/--limit/)
})
