/** `kafkascope report`: the file it writes, what it says, its exit status. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CliError } from '../../src/cli/errors.ts'
import { run } from '../../src/cli/report.ts'
import type { PageIndex } from '../../src/report/html/model.ts'
import { buildPage } from '../report/html/page.ts'
import { memoryIo } from './memory-io.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-report-cli-'))
const output = join(folder, 'report.html')

beforeAll(buildPage)
beforeEach(() => rmSync(output, { force: true }))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(): PageIndex {
  const packed = /id="index">([^<]*)</.exec(readFileSync(output, 'utf8'))![1]!
  return JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString()) as PageIndex
}

test('captures become one page, in the order of their times', async () => {
  const io = memoryIo()
  const files = ['captures/rdkafka44-seed.pcapng', 'captures/kafkajs39.pcapng']
  expect(await run(files, { output }, io)).toBe(0)
  expect(io.stderr.text).toMatch(/^report: .*report\.html: \d+ exchanges, 0 errors, [\d.]+ kB\n$/)
  const index = written()
  expect(index).toMatchObject({ title: 'rdkafka44-seed.pcapng, kafkajs39.pcapng', notices: [] })
  expect(index.rows.length).toBe(index.exchanges)
  expect(index.rows.every(({ request }) => request?.packet !== null)).toBe(true)
  expect(readdirSync(folder)).toEqual(['report.html'])
})

test('requests per API and version are those of the capture', async () => {
  await run(['captures/rdkafka44-seed.pcapng'], { output, quiet: true }, memoryIo())
  const lines = readFileSync('captures/requests.tsv', 'utf8').split('\n')
  const [, , counts] = lines.find((line) => line.startsWith('rdkafka44-seed.pcapng'))!.split('\t')
  const { rows } = written()
  const found = new Map<string, number>()
  for (const { apiKey, version } of rows) {
    const key = `${apiKey}v${version}`
    found.set(key, (found.get(key) ?? 0) + 1)
  }
  expect([...found].map(([key, count]) => `${key}:${count}`).sort()).toEqual(counts!.trim().split(' ').sort())
})

test('options: filter, limit, title, key log', async () => {
  const options = {
    output,
    filter: 'api == "Metadata"',
    limit: '2',
    title: 'Orders',
    keylog: 'captures/tls13-44.keylog',
  }
  await run(['captures/tls13-44.pcapng', 'captures/rdkafka44-seed.pcapng'], options, memoryIo())
  const index = written()
  expect(index).toMatchObject({ title: 'Orders', filter: 'api == "Metadata"' })
  expect(new Set(index.rows.map(({ api }) => api))).toEqual(new Set(['Metadata']))
  expect(index.rows).toHaveLength(2)
  expect(index.exchanges).toBeGreaterThan(2)
  expect(index.notices.join()).not.toContain('TLS')
})

test('ports, brokers and times choose as with read', async () => {
  const file = 'captures/rdkafka44-seed.pcapng'
  await run([file], { output, quiet: true }, memoryIo())
  const all = written()
  const broker = all.connections[0]!.broker
  await run([file], { output, quiet: true, broker: [broker] }, memoryIo())
  expect(written().exchanges).toBe(
    all.connections.filter((each) => each.broker === broker).reduce((sum, each) => sum + each.exchanges, 0),
  )
  await run([file], { output, quiet: true, port: ['1'] }, memoryIo())
  expect(written().exchanges).toBe(0)
  const [from, to] = [all.rows[10]!.request!.time, all.rows[19]!.request!.time]
  await run([file], { output, quiet: true, from: String(from / 1e6), to: String(to / 1e6) }, memoryIo())
  const kept = all.rows.filter(({ request }) => request!.time >= from && request!.time <= to)
  expect(written().rows.map(({ id }) => id)).toEqual(kept.map(({ id }) => id))
})

test('without keys the page says that TLS was not decrypted', async () => {
  await run(['captures/tls13-44.pcapng'], { output }, memoryIo())
  expect(written().notices.join()).toMatch(/TLS connections? not decrypted/)
})

test('of a damaged capture the page holds what was read; exit status 2', async () => {
  const whole = readFileSync('captures/rdkafka44-seed.pcapng')
  const cut = join(folder, 'cut.pcapng')
  writeFileSync(cut, whole.subarray(0, Math.floor(whole.length / 2) + 1))
  const io = memoryIo()
  expect(await run([cut], { output, quiet: true }, io)).toBe(2)
  rmSync(cut)
  expect(io.stderr.lines).toHaveLength(1)
  expect(io.stderr.text).toMatch(/^kafkascope: report: .*cut\.pcapng: byte \d+: /)
  const index = written()
  expect(index.exchanges).toBeGreaterThan(10)
  expect(index.notices[0]).toMatch(/^Not read to its end: .*byte \d+/)
})

test('standard input is a capture too', async () => {
  const io = memoryIo([readFileSync('captures/u-classic.pcap.gz')])
  expect(await run(['-'], { output }, io)).toBe(0)
  expect(written()).toMatchObject({ title: 'standard input' })
  expect(written().exchanges).toBeGreaterThan(50)
})

test.each<[RegExp, string[], Record<string, string>]>([
  [/^report: --filter: character 5: want ==/, ['captures/kafkajs39.pcapng'], { filter: 'api = "x"' }],
  [/^report: --limit x: want 1 to 9999999$/, ['captures/kafkajs39.pcapng'], { limit: 'x' }],
  [/^report: --keylog: .*no-such/, ['captures/kafkajs39.pcapng'], { keylog: 'no-such' }],
  [/^report: no-such.pcap: there is no such file or folder \(ENOENT\)$/, ['no-such.pcap'], {}],
  [/^report: --from: want a time/, ['captures/kafkajs39.pcapng'], { from: 'yesterday' }],
  [
    /^report: can't write .*no-folder.*: there is no such file or folder \(ENOENT\)$/,
    ['captures/kafkajs39.pcapng'],
    { output: join(folder, 'no-folder', 'x') },
  ],
  [/^report: can't write .*: it is a folder \(EISDIR\)$/, ['captures/kafkajs39.pcapng'], { output: folder }],
])('%s', async (message, files, options) => {
  const failure = run(files, { output, ...options }, memoryIo())
  await expect(failure).rejects.toThrow(CliError)
  await expect(failure).rejects.toThrow(message)
  expect(existsSync(output)).toBe(false)
  expect(readdirSync(folder)).toEqual([])
})

test('a report that was there stays when another fails', async () => {
  writeFileSync(output, 'before')
  await expect(run(['no-such.pcap'], { output }, memoryIo())).rejects.toThrow(CliError)
  expect(readFileSync(output, 'utf8')).toBe('before')
})

test('a report that was there stays when what should become one is no capture', async () => {
  writeFileSync(output, 'before')
  const io = memoryIo()
  expect(await run(['README.md'], { output, quiet: true }, io)).toBe(2)
  expect(readFileSync(output, 'utf8')).toBe('before')
  expect(io.stderr.lines.at(-1)).toMatch(/^report: nothing could be read; .* is not written$/)
  expect(readdirSync(folder)).toHaveLength(1)
})
