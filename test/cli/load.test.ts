import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type BrokerHandle, type StartOptions, startBroker } from '../../src/broker/server.ts'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { CliError } from '../../src/cli/errors.ts'
import { loadCommand, run } from '../../src/cli/load.ts'
import { type LoadOptions, loadPlan } from '../../src/cli/load-options.ts'
import { memoryIo } from './memory-io.ts'
import { readBack } from './read-back.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function embedded(bug: string | null = null, options: StartOptions = {}): Promise<BrokerHandle> {
  const bugs = bug === null ? {} : { bugs: new Planter([parseBug(bug)]) }
  const broker = await startBroker({ initialRebalanceDelayMs: 50, ...options, ...bugs })
  cleanUps.push(() => broker.close())
  return broker
}

interface Ran {
  readonly status: number
  readonly lines: readonly string[]
  readonly stdout: string
  readonly stderr: string
}

async function load(
  { port }: BrokerHandle,
  options: LoadOptions,
  more: { interrupted?: Promise<void>; columns?: number } = {},
): Promise<Ran> {
  const io = memoryIo()
  const { interrupted = new Promise<void>(() => {}), columns = null } = more
  const status = await run([`127.0.0.1:${port}`], options, { ...io, columns, interrupted })
  return { status, lines: io.stdout.lines, stdout: io.stdout.text, stderr: io.stderr.text }
}

const json = ({ lines }: Ran): Record<string, unknown>[] => lines.map((line) => JSON.parse(line))
/** The groups scenario in a few seconds. */
const QUICK: LoadOptions = { scenario: 'groups', stagger: '300ms', duration: '1500ms', rate: '1000', drain: '2s' }

describe('load --scenario groups', () => {
  it('passes against a broker that does right, and says what each consumer got and when', async () => {
    const ran = await load(await embedded(), { ...QUICK, json: true })
    const lines = json(ran)
    const summary = lines.at(-1)!
    expect(summary.problems, ran.stdout).toEqual([])
    expect(ran.status).toBe(0)
    expect(summary).toMatchObject({
      type: 'summary',
      ok: true,
      scenario: 'groups',
      concurrency: 128,
      sent: 1500,
      acknowledged: 1500,
      read: 1500,
      lost: 0,
      failed: 0,
      duplicates: { all: 0, afterLastRebalance: 0 },
      severities: { error: 0 },
    })
    const consumers = lines.filter(({ type }) => type === 'consumer') as unknown as {
      partitions: number[]
      generation: number
      messages: number
      startedMs: number
      events: { type: string; atMs: number }[]
    }[]
    expect(consumers.map(({ partitions }) => partitions)).toHaveLength(3)
    expect(consumers.flatMap(({ partitions }) => partitions).sort()).toEqual([0, 1, 2, 3, 4, 5])
    for (const { partitions } of consumers) expect(partitions).toHaveLength(2)
    expect(new Set(consumers.map(({ generation }) => generation)).size).toBe(1)
    expect(consumers.reduce((sum, { messages }) => sum + messages, 0)).toBe(1500)
    for (const [i, { startedMs }] of consumers.entries()) expect(startedMs).toBeGreaterThanOrEqual(295 * (i + 1))
    for (const { events } of consumers) expect(events.map(({ type }) => type)).toContain('assigned')
    const { p50, p95, p99, p999, max } = summary.produceMs as Record<string, number>
    expect([p50, p95, p99, p999, max].every((ms) => ms! > 0)).toBe(true)
    expect(p50! <= p95! && p95! <= p99! && p99! <= p999! && p999! <= max!).toBe(true)
  })

  it('fails against the original bug, and prints the diagnosis', async () => {
    const { status, stdout } = await load(await embedded('shared-error-body'), QUICK)
    expect(status).toBe(1)
    expect(stdout).toContain('error body/underflow JoinGroup v5 response')
    expect(stdout).toMatch(/0\.\d\d {2}other-api: the whole body is a four-byte error answer shared by APIs/)
    expect(stdout).toContain('librdkafka will say: Protocol read buffer underflow for JoinGroup v5 at 4/4')
    expect(stdout).toMatch(/^failed: consumer-1 gave up: .*JoinGroup v5: the answer can't be read/m)
    expect(stdout).toContain('failed: 1,500 messages lost')
  })

  it.each([
    ['early-sync', 'error group/sync-early', /^failed: consumer-\d is left without partitions/m],
    ['early-join', 'error group/join-early', null],
    ['batch-crc:Fetch', 'error records/batch-crc', /^failed: [\d,]+ messages? lost/m],
    [
      'missing-field:SyncGroup',
      'SyncGroup v5 response',
      /^failed: consumer-\d (?:gave up|has no place in the group): .*SyncGroup v5: the answer can't be read/m,
    ],
  ] as const)('fails against %s', async (bug, finding, problem) => {
    const { status, stdout } = await load(await embedded(bug), QUICK)
    expect(status, stdout).toBe(1)
    expect(stdout).toContain(finding)
    if (problem) expect(stdout).toMatch(problem)
  })
})

describe('load', () => {
  it('tells a broker that acknowledges and forgets', async () => {
    const broker = await embedded()
    const { topics } = broker.broker
    const keep = setInterval(() => {
      // Everything but the newest batch is thrown away before anybody could read it.
      topics.enforceRetention(1)
    }, 1)
    cleanUps.push(() => clearInterval(keep))
    const late: LoadOptions = {
      consumers: '1',
      stagger: '500ms',
      count: '1000',
      drain: '1s',
      json: true,
      partitions: '1',
    }
    const ran = await load(broker, late)
    const summary = json(ran).at(-1)!
    expect(summary.acknowledged).toBe(1000)
    expect(summary.lost).toBeGreaterThan(0)
    expect((summary.lost as number) + (summary.read as number)).toBe(1000)
    expect(summary.problems).toEqual([expect.stringMatching(/^\d+ messages? lost: acknowledged, but no consumer got/)])
    expect(ran.status).toBe(1)
  })

  it.each([
    [{ codec: 'gzip', keys: '5' }],
    [{ codec: 'snappy', acks: '1' }],
    [{ codec: 'lz4', producers: '3', concurrency: '7' }],
    [{ codec: 'zstd', size: '5000' }],
    [{ acks: '0' }],
    // Messages of magic 0 and 1, the oldest requests, no topic ids.
    [{ codec: 'gzip', apiVersion: ['Produce=0', 'Fetch=0', 'Metadata=0', 'FindCoordinator=0', 'JoinGroup=0'] }],
    [{ apiVersion: ['Produce=2', 'Fetch=3', 'OffsetFetch=1', 'OffsetCommit=2', 'SyncGroup=0', 'LeaveGroup=0'] }],
    [{ apiVersion: ['Produce=7', 'Fetch=11', 'OffsetFetch=7', 'ListOffsets=1', 'ApiVersions=0', 'CreateTopics=2'] }],
  ] as const)('every message arrives with %j', async (options) => {
    const ran = await load(await embedded(), { ...options, consumers: '2', count: '1000', json: true })
    const summary = json(ran).at(-1)!
    expect(summary.problems, ran.stdout + ran.stderr).toEqual([])
    expect(summary).toMatchObject({ sent: 1000, acknowledged: 1000, read: 1000, severities: { error: 0 } })
    expect(ran.status).toBe(0)
  })

  it('keeps to a rate', async () => {
    const { lines } = await load(await embedded(), { rate: '500', duration: '1s', json: true })
    const { sent, elapsedMs } = JSON.parse(lines.at(-1)!)
    expect(sent).toBe(500)
    expect(elapsedMs).toBeGreaterThan(900)
  })

  it('leaves no topic behind that it made, and keeps one that it was told', async () => {
    const broker = await embedded()
    await load(broker, { count: '10' })
    expect(broker.broker.topics.partitionCount).toBe(0)
    await load(broker, { count: '10', topic: 'orders', partitions: '2' })
    expect(broker.broker.topics.get('orders')?.partitions).toHaveLength(2)
    // What others have written there is not taken for lost or read twice.
    const ran = await load(broker, { count: '10', topic: 'orders', consumers: '1', json: true })
    const [consumer, summary] = json(ran).slice(-2)
    expect(summary).toMatchObject({ read: 10, lost: 0, problems: [] })
    expect(consumer).toMatchObject({ messages: 10, otherMessages: 10 })
  })

  it('ends early when it is interrupted, with a summary', async () => {
    let interrupt = (): void => {}
    const interrupted = new Promise<void>((resolve) => {
      interrupt = resolve
    })
    const running = load(await embedded(), { ...QUICK, duration: '1h', json: true }, { interrupted })
    setTimeout(() => interrupt(), 500)
    const ran = await running
    const summary = json(ran).at(-1)!
    expect(summary).toMatchObject({ interrupted: true, lost: 0, problems: [] })
    expect(summary.sent).toBeGreaterThan(0)
    expect(summary.acknowledged).toBe(summary.sent)
    expect(ran.status).toBe(0)
  })

  it('records what passed: the recording reads without a finding of severity error', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kafkascope-load-'))
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
    const record = join(folder, 'load.pcapng')
    const { status, lines } = await load(await embedded(), { count: '100', consumers: '1', record, json: true })
    expect(status).toBe(0)
    const { exchanges, sent } = JSON.parse(lines.at(-1)!)
    expect(sent).toBe(100)
    const read = readBack([record])
      .flatMap((lines) => lines.split('\n'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(read.filter(({ type }) => type === 'exchange')).toHaveLength(exchanges)
    expect(read.some(({ api }) => api === 'SyncGroup')).toBe(true)
  })

  it('draws a bar on a terminal, and wipes it before the summary', async () => {
    const { stderr, stdout } = await load(await embedded(), { rate: '100', duration: '700ms' }, { columns: 60 })
    expect(stderr).toMatch(/load \[#+\.+\] \d+% {2}sent \d+/)
    expect(stderr.endsWith('\r\u001b[K')).toBe(true)
    for (const line of stderr.split('\r\u001b[K')) expect(line.trimEnd().length).toBeLessThan(120)
    expect(stdout).toMatch(/^70 messages of 70 acknowledged in /)
  })

  it('says in one line that there is no broker', async () => {
    const broker = await startBroker()
    await broker.close()
    const error = await load(broker, { count: '1' }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(CliError)
    expect((error as CliError).message).toMatch(/^load: 127\.0\.0\.1:\d+: nothing listens there \(ECONNREFUSED\)$/)
  })

  it('does not go on for ever where no message is taken', async () => {
    const broker = await embedded('closed-connection:Produce')
    const { status, stdout } = await load(broker, { duration: '1h' })
    expect(status).toBe(1)
    expect(stdout).toMatch(
      /^failed: [\d,]+ messages not acknowledged: .*: Produce v\d+: the broker closed the connection/m,
    )
  })
})

describe('the command line of load', () => {
  it.each([
    [{ scenario: 'nothing' }, /--scenario: want groups/],
    [{ count: '0' }, /--count: want a whole number from 1/],
    [{ count: '1e3' }, /--count/],
    [{ size: '5' }, /--size: want a whole number from 12/],
    [{ codec: 'brotli' }, /--codec: want none, gzip, snappy, lz4, zstd/],
    [{ acks: '2' }, /--acks: want all, -1, 1, 0/],
    [{ duration: '10 apples' }, /--duration: want a time/],
    [{ apiVersion: ['Produce'] }, /--api-version: want API=VERSION/],
    [{ apiVersion: ['Nothing=1'] }, /--api-version: there is no API Nothing/],
    [{ apiVersion: ['Produce=99'] }, /--api-version: Produce v99 is not known: there are v0 to v13/],
    [{ stagger: '1s' }, /--stagger wants --consumers/],
    [{ tlsCa: 'ca.pem' }, /--tls-ca wants --tls/],
    [{ tls: true, tlsCa: '/no/such/ca.pem' }, /--tls-ca: there is no such file/],
    [{ sasl: 'GSSAPI' }, /--sasl: want PLAIN, SCRAM-SHA-256, SCRAM-SHA-512/],
    [{ sasl: 'PLAIN' }, /--sasl wants --user/],
  ] as const)('refuses %j', (options, message) => {
    expect(() => loadPlan([], options)).toThrow(CliError)
    expect(() => loadPlan([], options)).toThrow(message)
  })

  it('refuses what is no address', () => {
    expect(() => loadPlan(['nowhere'], {})).toThrow(/^load: want a broker's HOST:PORT/)
  })

  it("lets options change a scenario's own", () => {
    const plain = loadPlan([], { scenario: 'groups' })
    expect(plain).toMatchObject({ concurrency: 128, consumers: 3, staggerMs: 1000, durationMs: 8000, rate: 5000 })
    expect(plain.connection.pins).toEqual(new Map([[11, 5]]))
    const changed = loadPlan([], { scenario: 'groups', count: '10', consumers: '5', apiVersion: ['JoinGroup=9'] })
    expect(changed).toMatchObject({ concurrency: 128, consumers: 5, count: 10 })
    expect(changed.durationMs).toBeGreaterThan(1e6)
    expect(changed.connection.pins).toEqual(new Map([[11, 9]]))
  })

  it('has help for every option', () => {
    for (const option of loadCommand().options) expect(option.description).not.toBe('')
  })
})
