/** `kafkascope replay` against the embedded broker, and `broker --replay`: what they say, send and return. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { run } from '../../src/cli/replay.ts'
import { serveRecording } from '../../src/cli/replay-broker.ts'
import type { ReplayOptions } from '../../src/cli/replay-options.ts'
import { Connection } from '../../src/client/connection.ts'
import { memoryIo } from './memory-io.ts'
import { readBack } from './read-back.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SEED = 'captures/kcat202-v0.10.0-none-39.pcapng'
let broker: BrokerHandle | null = null
afterEach(async () => {
  await broker?.close()
  broker = null
})

type Line = Readonly<Record<string, unknown>>

async function replay(options: ReplayOptions, file = SEED) {
  const io = { ...memoryIo(), stop: new AbortController() }
  const status = await run(file, options, io)
  const said = `${io.stdout.text}\n${io.stderr.text}`
  return {
    status,
    out: io.stdout.lines,
    err: io.stderr.text,
    said,
    json: () => io.stdout.lines.map((line) => JSON.parse(line) as Line),
  }
}

const started = async (bug?: string): Promise<string> => {
  const bugs = new Planter(bug === undefined ? [] : [parseBug(bug)])
  broker = await startBroker({ numPartitions: 3, initialRebalanceDelayMs: 3000, bugs })
  return `127.0.0.1:${broker.port}`
}

/** A recording of a broker's own, so that the same broker answers the same. */
async function recorded(): Promise<string> {
  const file = join(folder, 'own.pcapng')
  await replay({ to: await started(), speed: 'max', record: file })
  await broker!.close()
  return file
}

describe('a recording of the embedded broker', () => {
  test('is answered as it was by the same broker: status 0, every exchange shown', async () => {
    const file = await recorded()
    const { status, json, said } = await replay({ to: await started(), speed: 'max', json: true }, file)
    const lines = json()
    expect(lines.at(-1)!.replay, said).toMatchObject({
      sent: 16,
      alike: 16,
      differing: 0,
      newErrors: {},
      unanswered: 0,
    })
    expect(status).toBe(0)
    expect(lines.filter(({ type }) => type === 'exchange')).toHaveLength(16)
  })

  test('a bug in the answers is told with its place: status 1', async () => {
    const file = await recorded()
    const { status, out, err } = await replay({ to: await started('extra-field:ListOffsets'), speed: 'max' }, file)
    expect(status).toBe(1)
    expect(out.join('\n')).toMatch(/! finding at response/)
    expect(err).toMatch(/16 requests sent again, 1[0-5] answers as recorded, [1-6] otherwise/)
  })

  test('--record holds what passed', async () => {
    const file = await recorded()
    const lines = readBack([file])
    expect(lines.filter((line) => (JSON.parse(line) as Line).type === 'exchange')).toHaveLength(16)
  })
})

describe('what is sent', () => {
  test('--dry-run shows it and needs no broker; --only chooses', async () => {
    const { status, json } = await replay({ dryRun: true, only: ['Produce,ApiVersions'], json: true })
    const lines = json()
    expect(status).toBe(0)
    const shown = lines.slice(0, -1)
    const apis = ['ApiVersions', 'Produce', 'Produce', 'Produce', 'ApiVersions']
    expect(shown.map(({ api, response }) => [api, response])).toEqual(apis.map((api) => [api, null]))
    expect(lines.at(-1)).toMatchObject({ dryRun: true, notSent: { '--only names others': 11 } })
  })

  test('--edit changes it', async () => {
    const edit = join(folder, 'edit.json')
    writeFileSync(edit, '{"Produce": {"timeoutMs": 4321}}')
    const { json } = await replay({ dryRun: true, only: ['Produce'], edit, json: true })
    const bodies = json()
      .slice(0, -1)
      .map(({ request }) => (request as { body: Line }).body)
    expect(bodies.map(({ timeoutMs }) => timeoutMs)).toEqual([4321, 4321, 4321])
  })

  test('--edit with a script is called with each request: another body, or as it was', async () => {
    const edit = join(folder, 'edit.mjs')
    writeFileSync(
      edit,
      `let count = 0
       export default ({ api, apiVersion, body }) => {
         if (api !== 'Produce' || !(body.topicData[0].partitionData[0].records instanceof Uint8Array)) return undefined
         count++
         return count === 1 ? undefined : { ...body, timeoutMs: 1000 * apiVersion + count }
       }`,
    )
    const { json } = await replay({ dryRun: true, only: ['Produce,Metadata'], edit, json: true })
    const bodies = json()
      .slice(0, -1)
      .filter(({ api }) => api === 'Produce')
      .map(
        ({ request, apiVersion }) =>
          (request as { body: { timeoutMs: number } }).body.timeoutMs - 1000 * Number(apiVersion),
      )
    expect(bodies).toHaveLength(3)
    // Each is called for twice: once before anything is sent, so that what does not fit is told at once.
    expect(bodies.every((left) => left > 1 && left < 10)).toBe(true)
  })

  test('brokers among themselves and logins are left out, and counted', async () => {
    const eos = await replay({ dryRun: true, json: true }, 'captures/java44-eos.pcapng')
    expect(eos.json().at(-1)!.notSent).toMatchObject({ 'sent by a broker to another': 6 })
    const sasl = await replay({ dryRun: true, json: true }, 'captures/sasl-plain44.pcapng')
    expect(sasl.json().at(-1)!.notSent).toHaveProperty('a login')
  })
})

describe('bad command lines are one line that says what and where', () => {
  const edit = join(folder, 'bad.json')
  writeFileSync(edit, '{"Produce": {"acks": "all"}}')
  const script = (name: string, text: string): string => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  test.each<[string, ReplayOptions, RegExp]>([
    [
      'a script that throws',
      { to: ':1', edit: script('throws.mjs', "export default () => { throw new Error('oh no') }") },
      /--edit: .*throws.mjs: \w+ v\d+: oh no/,
    ],
    [
      'a script without a function',
      { to: ':1', edit: script('empty.mjs', '') },
      /want a function as its default export/,
    ],
    ['a script that is none', { to: ':1', edit: script('bad.mjs', '(') }, /--edit: .*bad.mjs: /],
    [
      'a body that does not fit',
      { to: ':1', edit: script('misfit.mjs', "export default ({ body }) => ({ ...body, acks: 'all' })") },
      /--edit: \w+ v\d+, exchange \d+: acks/,
    ],
    ['no target', {}, /--to HOST:PORT/],
    ['no port', { to: 'localhost:x' }, /--to: want a broker's HOST:PORT/],
    ['a speed', { to: ':1', speed: '0' }, /--speed: want/],
    ['an API', { to: ':1', only: ['Prodce'] }, /--only: no API is called "Prodce"/],
    ['an edit that does not fit', { to: ':1', edit }, /--edit: Produce v\d+, exchange \d+: acks: want an int16/],
    ['SASL without a user', { to: ':1', sasl: 'PLAIN' }, /--sasl wants --sasl-user/],
    ['--hex alone', { to: ':1', hex: true }, /--hex wants --json/],
    ['nothing left', { to: ':1', only: ['Vote'] }, /nothing of the recording is left/],
  ])('%s', async (_name, options, text) => {
    await expect(replay(options)).rejects.toThrow(text)
  })
})

test('--sasl logs each connection in anew; the recorded logins stay out', async () => {
  const sasl = { users: new Map([['carla', 'secret-7']]), mechanisms: ['SCRAM-SHA-256' as const], maxReauthMs: 0 }
  broker = await startBroker({ numPartitions: 3, sasl })
  const to = `127.0.0.1:${broker.port}`
  const login = { sasl: 'scram-sha-256', saslUser: 'carla', saslPassword: 'secret-7' }
  const file = 'captures/sasl-plain44.pcapng'
  const { json, said } = await replay({ to, speed: 'max', json: true, ...login }, file)
  expect(json().at(-1)!.replay, said).toMatchObject({ newErrors: {}, unanswered: 0 })
  expect(said).not.toContain('secret-7')
  const { status, json: refused } = await replay({ to, speed: 'max', json: true, ...login, saslPassword: 'no' }, file)
  expect(status).toBe(1)
  expect(refused().at(-1)!.replay).toMatchObject({ sent: 0 })
})

test('Ctrl-C ends it: a summary, and that not all was sent', async () => {
  const io = { ...memoryIo(), stop: new AbortController() }
  setTimeout(() => io.stop.abort(), 300)
  // A second of the recording would take a thousand.
  await run('captures/kafkajs39.pcapng', { to: await started(), speed: '0.001', json: true }, io)
  const summary = JSON.parse(io.stdout.lines.at(-1)!) as { replay: Line }
  expect(summary.replay).toMatchObject({ interrupted: true, sent: 1 })
})

test('a broker that is not there: every request is missing, status 1', async () => {
  const { status, json } = await replay({ to: '127.0.0.1:1', speed: 'max', json: true })
  expect(status).toBe(1)
  expect(json().at(-1)!.replay).toMatchObject({ sent: 0, alike: 0, unanswered: 16 })
})

describe('broker --replay', () => {
  test('answers in own correlation ids and with own address; says what it lacks and closes', async () => {
    const said: string[] = []
    const server = await serveRecording(
      'captures/rdkafka44-seed.pcapng',
      { host: '127.0.0.1', port: 0 },
      memoryIo(),
      (line) => said.push(line),
    )
    try {
      const client = await Connection.open({ host: '127.0.0.1', port: server.port }, { askVersions: false })
      for (let i = 0; i < 3; i++) client.nextCorrelationId()
      const { body } = await client.call<{ brokers: { host: string; port: number }[] }>(
        'Metadata',
        { topics: [], allowAutoTopicCreation: false },
        { version: 13 },
      )
      expect(body.brokers).toMatchObject([{ host: '127.0.0.1', port: server.port }])
      await expect(client.call('DeleteTopics', { topicNames: ['x'] }, { version: 4 })).rejects.toThrow('closed')
      expect(said.join('\n')).toMatch(
        /DeleteTopics v4, correlation id 5: the recording has no such request; the connection/,
      )
      expect(server.lacking).toBe(1)
    } finally {
      await server.close()
    }
  })
})
